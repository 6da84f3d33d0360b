import type { FastifyInstance } from 'fastify'
import type { Database } from '../../shared/db/connect.ts'
import type { BoardCounts } from '../indicators/board.ts'
import { withPatience } from './patience.ts'

/** An engine further behind than this shows yesterday's truth: not ready. */
const MOST_LAG_SECONDS = 30

/** How long readiness waits for the database. */
const PATIENCE_MS = 2_000

/** /healthz: the process runs. /readyz: it can do its work, and if not, why. Neither is part of the API. */
export function serveHealth(
  http: FastifyInstance,
  { board, database }: { board: { counts(): BoardCounts }; database: Database },
): void {
  http.get('/healthz', { schema: { hide: true } }, async () => ({ ok: true }))
  http.get('/readyz', { schema: { hide: true } }, async (_request, reply) => {
    const { lagSeconds, databaseReachable } = board.counts()
    const checks = {
      database: await answers(database),
      engine: databaseReachable && lagSeconds < MOST_LAG_SECONDS,
    }
    const ready = checks.database && checks.engine
    return reply.code(ready ? 200 : 503).send({ ready, checks, lagSeconds })
  })
}

function answers(database: Database): Promise<boolean> {
  const asked = database.query('select 1').then(
    () => true,
    () => false,
  )
  return withPatience(asked, PATIENCE_MS, false)
}
