import { z } from 'zod'
import { AreaCode, Moment, SchoolCode, Severity } from './primitives.ts'

/** Something that happened. The reader makes the sentence, in its language, from kind and params. */
export const IocEvent = z.object({
  id: z.string(),
  at: Moment,
  kind: z.enum([
    'school-closed',
    'school-opened',
    'indicator-status',
    'flood-level',
    'power-lost',
    'power-back',
    'link-lost',
    'link-back',
  ]),
  severity: Severity,
  area: AreaCode,
  areaName: z.string(),
  school: SchoolCode.nullable(),
  schoolName: z.string().nullable(),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
  simulated: z.boolean(),
})
export type IocEvent = z.infer<typeof IocEvent>
