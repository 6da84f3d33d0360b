import { rollDeadline, type ScheduledSession } from '../../../shared/domain/calendar.ts'
import { NOTHING, type Sum } from '../../../shared/domain/ratio.ts'
import { isClosedAt, type StatusHistory } from '../school-hours.ts'

/** The rolls of one school for one session, added up. Counts of pupils are of consistent rolls only. */
export interface RollTotals {
  /** Classes with a roll, consistent or not. */
  taken: number
  enrolled: number
  present: number
  late: number
  excused: number
  unexcused: number
  /** When the newest of them was taken, in milliseconds. */
  newestAt: number
}

export interface RollSums {
  'attendance-rate': Sum
  'roll-completeness': Sum
  'absence-unexcused-rate': Sum
  'absence-excused-rate': Sum
  'late-rate': Sum
}

export const NO_ROLL_SUMS: RollSums = {
  'attendance-rate': NOTHING,
  'roll-completeness': NOTHING,
  'absence-unexcused-rate': NOTHING,
  'absence-excused-rate': NOTHING,
  'late-rate': NOTHING,
}

/**
 * Whether rolls are expected: the session has started, and the school had not closed by the time the roll was due
 * (or by now, while that is still to come). A school that closes later in the day has its roll counted.
 */
export function expectsRoll(
  session: ScheduledSession,
  history: StatusHistory,
  day: string,
  now: number,
): boolean {
  const due = rollDeadline(day, session.session)
  return session.startsAt <= now && !isClosedAt(history, Math.min(now, due))
}

/** What one school contributes for a session in which rolls are expected. */
export function rollSums(session: ScheduledSession, totals: RollTotals | undefined): RollSums {
  if (!totals) {
    return { ...NO_ROLL_SUMS, 'roll-completeness': { numerator: 0, denominator: session.classes } }
  }
  const { enrolled, present } = totals
  return {
    'attendance-rate': { numerator: present, denominator: enrolled },
    // More classes than the timetable knows must not make up for missing ones elsewhere.
    'roll-completeness': {
      numerator: Math.min(totals.taken, session.classes),
      denominator: session.classes,
    },
    'absence-unexcused-rate': { numerator: totals.unexcused, denominator: enrolled },
    'absence-excused-rate': { numerator: totals.excused, denominator: enrolled },
    'late-rate': { numerator: totals.late, denominator: present },
  }
}
