import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { IndicatorStatus } from '../../shared/contract/indicator.ts'
import { DAY_MS, MINUTE_MS, SLOT_MS } from '../../shared/domain/time.ts'
import { IocError } from '../../shared/node/errors.ts'
import { refused } from '../http/errors.ts'
import { question, Timestamp } from '../sql/read.ts'
import { requireDefinition } from './indicators.ts'
import type { RouteParts } from './parts.ts'
import { requireSpan } from './refusals.ts'
import { serve } from './serve.ts'

/** Points one answer may hold: 34 days of five minutes, more than a year of hours. */
const MOST_POINTS = 10_000

const PointRow = z
  .object({
    at: Timestamp,
    value: z.number().nullable(),
    status: IndicatorStatus,
    reporting: z.number().int(),
    expected: z.number().int(),
  })
  .transform(({ reporting, expected, ...point }) => ({ ...point, coverage: { reporting, expected } }))

const steps = {
  '5m': { stepMs: SLOT_MS, read: question('indicator-series-5m', PointRow) },
  '1h': { stepMs: 60 * MINUTE_MS, read: question('indicator-series-1h', PointRow) },
  '1d': { stepMs: DAY_MS, read: question('indicator-series-1d', PointRow) },
}
const readAreaId = question('area-id', z.object({ id: z.number().int() }))

/**
 * At step 5m the values as they were kept; at 1h and 1d (days of the province) the last value of each bucket,
 * `at` being where the bucket begins. A share of a day is a running value, so its last one is the day's.
 */
export function serveIndicatorSeries(http: FastifyInstance, { board, database }: RouteParts): void {
  serve(http, 'indicatorSeries', async ({ params: { id }, query }) => {
    const { area, from, to, step } = query
    const { periods } = requireDefinition(board, id)
    const period = query.period ?? periods[0]!
    if (!periods.includes(period)) {
      throw refused([{ field: 'period', value: period, remedy: `give one of ${periods.join(', ')}` }])
    }
    const { stepMs, read } = steps[step]
    const remedy = 'shorten the span or choose a longer step'
    requireSpan(query, { stepMs, limit: MOST_POINTS, remedy })
    const [found] = await readAreaId(database, [area])
    if (!found) throw new IocError('not-found', { what: 'area', value: area })
    return {
      indicator: id,
      area,
      period,
      step,
      points: await read(database, [id, found.id, period, from, to]),
    }
  })
}
