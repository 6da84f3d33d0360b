import { z } from 'zod'
import { Moment } from './primitives.ts'

/** Something a part of the product has found out about what it depends on, with the remedy in its sentence. */
export const Finding = z.object({
  /** Stable, for machines: a label of metrics and a row of docs/operate.md. */
  code: z.string(),
  /** critical: data are being lost or do not come. warning: they will be. info: cannot be known. */
  severity: z.enum(['critical', 'warning', 'info']),
  /** The setting to change, by the name it has where it is set. */
  setting: z.string(),
  vi: z.string(),
  en: z.string(),
  since: Moment,
})
export type Finding = z.infer<typeof Finding>
