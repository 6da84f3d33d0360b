import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Step } from '../../shared/contract/http.ts'
import { ReadingPoint } from '../../shared/contract/reading.ts'
import { DAY_MS, MINUTE_MS } from '../../shared/domain/time.ts'
import { IocError } from '../../shared/node/errors.ts'
import { question, Timestamp } from '../sql/read.ts'
import type { RouteParts } from './parts.ts'
import { requireSpan } from './refusals.ts'
import { serve } from './serve.ts'

const PointRow = ReadingPoint.extend({ at: Timestamp })
const readPoints: Record<Step, ReturnType<typeof question<typeof PointRow>>> = {
  raw: question('series-raw', PointRow),
  '1m': question('series-1m', PointRow),
  '5m': question('series-5m', PointRow),
  '1h': question('series-1h', PointRow),
  '1d': question('series-1d', PointRow),
}
const STEP_MS = { '1m': MINUTE_MS, '5m': 5 * MINUTE_MS, '1h': 60 * MINUTE_MS, '1d': DAY_MS }

const readSource = question(
  'series-source',
  z.object({
    school: z.number().nullable(),
    device: z.number().nullable(),
    metric: z.number().nullable(),
    unit: z.string().nullable(),
  }),
)

export function serveSeries(http: FastifyInstance, { database }: RouteParts): void {
  serve(http, 'schoolSeries', async ({ params: { code }, query }) => {
    const { device, metric, from, to, step, limit } = query
    // How many raw rows a span holds is known only after reading; they are cut at the limit and marked so.
    const buckets = {
      stepMs: step === 'raw' ? 0 : STEP_MS[step],
      limit,
      remedy: 'shorten the span, choose a longer step, or raise limit (up to 10000)',
    }
    requireSpan(query, step === 'raw' ? undefined : buckets)
    const [source] = await readSource(database, [code, device, metric])
    const { school, device: deviceId, metric: metricId, unit } = source!
    if (school === null) throw new IocError('not-found', { what: 'school', value: code })
    if (deviceId === null)
      throw new IocError('not-found', { what: `device of school ${code}`, value: device })
    if (metricId === null || unit === null) throw new IocError('not-found', { what: 'metric', value: metric })
    const points = await readPoints[step](database, [deviceId, metricId, from, to, limit + 1])
    return {
      school: code,
      device,
      metric,
      unit,
      step,
      points: points.slice(0, limit),
      truncated: points.length > limit,
    }
  })
}
