import type { ScheduledSession } from '../../../shared/domain/calendar.ts'
import { NOTHING, type Sum } from '../../../shared/domain/ratio.ts'
import { openAt, type StatusHistory } from '../school-hours.ts'

export interface StatusSums {
  'schools-open': Sum
  'pupils-affected-by-closure': Sum
}

export const NO_STATUS_SUMS: StatusSums = { 'schools-open': NOTHING, 'pupils-affected-by-closure': NOTHING }

/**
 * What one school contributes for a session that has started, as it stands now or stood when the session ended.
 * A school that has not said whether it is open contributes nothing: it lowers coverage, not the value.
 */
export function statusSums(session: ScheduledSession, history: StatusHistory, now: number): StatusSums {
  const open = openAt(history, Math.min(now, session.endsAt))
  if (open === undefined) return NO_STATUS_SUMS
  return {
    'schools-open': { numerator: open ? 1 : 0, denominator: 1 },
    'pupils-affected-by-closure': { numerator: open ? 0 : session.pupils, denominator: session.pupils },
  }
}
