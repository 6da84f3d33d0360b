import { z } from 'zod'
import { DeviceCode, DeviceTime, Moment } from './primitives.ts'

/** Metric code, such as co2. Which codes exist is data (shared/data/metrics.json). */
export const METRIC_CODE = /^[a-z][a-z0-9_]{0,31}$/
export const MetricCode = z.string().regex(METRIC_CODE, 'a metric code: small letters, digits and _')

/** Numbers by metric; true and false stand for 1 and 0. */
const Values = z
  .record(MetricCode, z.union([z.number(), z.boolean().transform(Number)]))
  .refine((values) => Object.keys(values).length > 0, 'at least one value')
  .refine((values) => Object.keys(values).length <= 64, 'at most 64 values')

export const TimedValues = z.strictObject({ ts: DeviceTime, values: Values })
export type TimedValues = z.infer<typeof TimedValues>

/** The three forms of a telemetry body. A bare object of values takes the time of arrival and is marked so. */
export const TelemetryBody = z.union([TimedValues, z.array(TimedValues).min(1).max(1000), Values])
export type TelemetryBody = z.infer<typeof TelemetryBody>

/** One point of a device's history as the API gives it. */
export const ReadingPoint = z.object({
  at: Moment,
  value: z.number().nullable(),
  lowest: z.number().nullable(),
  highest: z.number().nullable(),
  count: z.number().int(),
})
export type ReadingPoint = z.infer<typeof ReadingPoint>

export const LatestReading = z.object({
  device: DeviceCode,
  room: z.string().nullable(),
  metric: MetricCode,
  unit: z.string(),
  value: z.number(),
  at: Moment,
  ageSeconds: z.number(),
  arrivalTime: z.boolean().describe('the device sent no time; the time of arrival stands for it'),
  stale: z.boolean().describe('older than three times the interval expected of the device'),
  simulated: z.boolean(),
})
export type LatestReading = z.infer<typeof LatestReading>
