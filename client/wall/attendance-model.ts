import type { SchoolSessionName } from '../../shared/contract/primitives.ts'
import { screenKey } from '../../shared/domain/live-screen.ts'
import type { AreaValues } from './session.ts'

/** Pupils of one session by what the rolls say. null: not known, not applicable, or hidden. */
export interface SessionRoll {
  session: SchoolSessionName
  enrolled: number | null
  /** Late ones included. */
  present: number | null
  late: number | null
  excused: number | null
  unexcused: number | null
}

/** Reads the pupils of a session back from the sums of the attendance indicators. */
export function sessionRoll(session: SchoolSessionName, values: AreaValues | undefined): SessionRoll {
  const value = (indicator: string) => values?.get(screenKey(indicator, session))
  const attendance = value('attendance-rate')
  const numerator = (indicator: string) => value(indicator)?.numerator ?? null
  return {
    session,
    enrolled: positive(attendance?.denominator),
    present: attendance?.value == null ? null : attendance.numerator,
    late: numerator('late-rate'),
    excused: numerator('absence-excused-rate'),
    unexcused: numerator('absence-unexcused-rate'),
  }
}

/** A part of the enrolled, in percent. */
export function shareOf(part: number | null, enrolled: number | null): number | null {
  return part === null || enrolled === null ? null : (100 * part) / enrolled
}

function positive(count: number | null | undefined): number | null {
  return count == null || count <= 0 ? null : count
}
