import type { IndicatorDefinition, IndicatorValue, Period } from '../../shared/contract/indicator.ts'
import type { SchoolSessionName } from '../../shared/contract/primitives.ts'
import { screenKey } from '../../shared/domain/live-screen.ts'
import { minuteOfDay } from '../../shared/domain/time.ts'

export type AreaValues = ReadonlyMap<string, IndicatorValue>

/** Until half past twelve a wall speaks of the morning. */
const AFTERNOON_FROM_MINUTE = 12 * 60 + 30
/** The indicator whose first afternoon roll turns the screen to the afternoon. */
const LEADING = 'attendance-rate'

/**
 * The session a screen speaks of: the morning until 12:30, then the afternoon as soon as rolls of it are in.
 * One answer for all tiles, so that no two of them speak of different sessions.
 */
export function currentSession(now: number, values: AreaValues | undefined): SchoolSessionName {
  if (minuteOfDay(now) < AFTERNOON_FROM_MINUTE) return 'morning'
  const afternoon = values?.get(screenKey(LEADING, 'afternoon'))
  return afternoon === undefined || afternoon.value === null ? 'morning' : 'afternoon'
}

/** The period of an indicator that a screen shows during a session. */
export function shownPeriod(
  definition: Pick<IndicatorDefinition, 'periods'>,
  session: SchoolSessionName,
): Period {
  return definition.periods.includes(session) ? session : (definition.periods[0] ?? 'now')
}
