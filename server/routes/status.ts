import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { isPassing } from '../../shared/db/connect.ts'
import { dayOf } from '../../shared/domain/time.ts'
import { IocError } from '../../shared/node/errors.ts'
import { question } from '../sql/read.ts'
import type { PartReport, RouteParts } from './parts.ts'
import { withPatience } from './patience.ts'
import { serve } from './serve.ts'

/** How long the page waits for the database. */
const PATIENCE_MS = 2_000

const readDatabase = question(
  'database-status',
  z.object({ postgres: z.string(), timescale: z.string(), simulatedDevices: z.number().int() }),
)

export function serveStatus(http: FastifyInstance, parts: RouteParts): void {
  const { board, system } = parts
  serve(http, 'status', async () => {
    const counts = board.counts()
    const [database, ...others] = await Promise.all([
      askDatabase(parts, counts.databaseFull === true),
      ...parts.otherParts.map((probe) => probe()),
    ])
    const state = system.current()
    const server = {
      name: 'server',
      ok: counts.databaseReachable,
      version: state.version,
      detail: `${counts.schools} schools, ${parts.walls()} live sockets, node ${process.version}`,
      findings: [],
    }
    return {
      system: state,
      parts: [server, database.report, ...others],
      rates: { messagesPerSecond: counts.messagesPerSecond, readingsPerSecond: counts.readingsPerSecond },
      lag: {
        journalSeconds: counts.lagSeconds,
        closedSlotAt: counts.closedSlotAt === undefined ? null : new Date(counts.closedSlotAt).toISOString(),
      },
      simulated: {
        schools: counts.simulatedSchools,
        devices: database.simulatedDevices,
        clock: state.clock.simulated,
      },
      walls: parts.walls(),
    }
  })
}

/** The status page must answer most of all when the database does not. */
async function askDatabase(
  { database, clock }: RouteParts,
  full: boolean,
): Promise<{ report: PartReport; simulatedDevices: number }> {
  const asked = readDatabase(database, [dayOf(clock.now())]).catch((thrown: unknown) => {
    if (!isPassing(thrown)) throw thrown
    return []
  })
  const [found] = await withPatience(asked, PATIENCE_MS, [])
  if (!found) {
    const detail = `does not answer at ${database.target}`
    const report = { name: 'database', ok: false, version: '', detail, findings: [] }
    return { report, simulatedDevices: 0 }
  }
  const { postgres, timescale, simulatedDevices } = found
  const detail = full
    ? new IocError('database-full', { target: database.target }).message
    : `PostgreSQL ${postgres}, TimescaleDB ${timescale} at ${database.target}`
  const report = { name: 'database', ok: !full, version: timescale, detail, findings: [] }
  return { report, simulatedDevices }
}
