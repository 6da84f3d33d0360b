import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { LatestReading } from '../../shared/contract/reading.ts'
import { IocError } from '../../shared/node/errors.ts'
import { question } from '../sql/read.ts'
import type { RouteParts } from './parts.ts'
import { serve } from './serve.ts'

/** A reading is stale when it is older than this many of its device's intervals. */
const STALE_INTERVALS = 3

const readLatest = question(
  'school-latest',
  LatestReading.omit({ ageSeconds: true, stale: true }).extend({ at: z.date(), intervalSeconds: z.number() }),
)

const readSchoolId = question('school-id', z.object({ id: z.number().int() }))

export function serveLatest(http: FastifyInstance, { database, clock }: RouteParts): void {
  serve(http, 'schoolLatest', async ({ params: { code } }) => {
    const [school] = await readSchoolId(database, [code])
    if (!school) throw new IocError('not-found', { what: 'school', value: code })
    const now = clock.now()
    const rows = await readLatest(database, [school.id])
    const readings = rows.map(({ at, intervalSeconds, ...reading }) => {
      // A device whose clock runs ahead has an age of nothing, not a negative one.
      const ageSeconds = Math.max(0, (now - at.getTime()) / 1000)
      const stale = ageSeconds > STALE_INTERVALS * intervalSeconds
      return { ...reading, at: at.toISOString(), ageSeconds, stale }
    })
    return { school: code, readings }
  })
}
