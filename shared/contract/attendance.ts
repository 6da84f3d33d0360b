import { z } from 'zod'
import { Day, DeviceTime, SchoolSessionName } from './primitives.ts'

const Count = z.number().int().min(0).max(10_000)

/**
 * The roll of one class for one session (buổi). Corrections come as a higher revision; the highest one counts
 * and all are kept. `present` includes those who came late.
 */
export const RollBody = z.strictObject({
  id: z.string().min(1).max(128),
  date: Day,
  session: SchoolSessionName,
  class: z.string().min(1).max(32),
  revision: z.number().int().min(0).max(1_000_000),
  enrolled: Count,
  present: Count,
  late: Count,
  excused: Count,
  unexcused: Count,
  takenAt: DeviceTime,
})
export type RollBody = z.infer<typeof RollBody>
export const RollBodies = z.union([RollBody, z.array(RollBody).min(1).max(1000)])

/** One passage at a gate. It carries no identity of any kind: unknown fields are refused. */
export const CheckinBody = z.strictObject({
  id: z.string().min(1).max(128),
  ts: DeviceTime,
  direction: z.enum(['in', 'out']),
  gate: z.string().min(1).max(64),
})
export type CheckinBody = z.infer<typeof CheckinBody>
export const CheckinBodies = z.union([CheckinBody, z.array(CheckinBody).min(1).max(1000)])
