import { z } from 'zod'
import { AreaCode, Moment } from './primitives.ts'

export const Period = z.enum(['morning', 'afternoon', 'day', 'now'])
export type Period = z.infer<typeof Period>

/**
 * ok Đạt, warning Cảnh báo, critical Nghiêm trọng, insufficient Chưa đủ số liệu (coverage under 50 %),
 * not_applicable Không áp dụng (closed or nothing to count), suppressed Ẩn do nhóm nhỏ.
 */
export const IndicatorStatus = z.enum([
  'ok',
  'warning',
  'critical',
  'insufficient',
  'not_applicable',
  'suppressed',
])
export type IndicatorStatus = z.infer<typeof IndicatorStatus>

export const Coverage = z.object({
  reporting: z.number().int().describe('schools that sent what the indicator needs'),
  expected: z.number().int().describe('schools that should have'),
})
export type Coverage = z.infer<typeof Coverage>

/** One indicator of one area or school. Percentages are given as 0 to 100. */
export const IndicatorValue = z.object({
  indicator: z.string(),
  period: Period,
  value: z.number().nullable(),
  numerator: z.number().nullable(),
  denominator: z.number().nullable(),
  status: IndicatorStatus,
  coverage: Coverage,
  previous: z.number().nullable().describe('the same period seven days earlier'),
  dataAt: Moment.nullable().describe('time of the newest record in it'),
  computedAt: Moment,
})
export type IndicatorValue = z.infer<typeof IndicatorValue>

export const IndicatorDefinition = z.object({
  id: z.string(),
  nameVi: z.string(),
  nameEn: z.string(),
  formulaVi: z.string(),
  formulaEn: z.string(),
  unit: z.enum(['%', 'schools', 'rooms', 'pupils', 'level', 'cm', '°C']),
  kind: z.enum(['ratio', 'count', 'max']),
  better: z.enum(['higher', 'lower']),
  periods: z.array(Period),
  counts: z.enum(['pupils', 'things']).describe('pupils: the small-cell rule applies'),
  refreshSeconds: z.number().describe('stale after three times this'),
  warning: z.number(),
  critical: z.number(),
  source: z.string(),
})
export type IndicatorDefinition = z.infer<typeof IndicatorDefinition>

export const IndicatorPoint = z.object({
  at: Moment,
  value: z.number().nullable(),
  status: IndicatorStatus,
  coverage: Coverage,
})
export type IndicatorPoint = z.infer<typeof IndicatorPoint>

export const AreaIndicators = z.object({ area: AreaCode, values: z.array(IndicatorValue) })
export type AreaIndicators = z.infer<typeof AreaIndicators>
