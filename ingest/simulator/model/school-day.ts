import {
  type CalendarEntry,
  dayKind,
  type ScheduledSession,
  type SessionRule,
  sessionsOn,
} from '../../../shared/domain/calendar.ts'
import { MINUTE_MS, momentOf } from '../../../shared/domain/time.ts'
import type { SimSchool } from '../province/school.ts'
import { chance, keyOf, uniform } from '../random.ts'
import { ownDelay, type Scenario } from '../scenario.ts'
import { dayKey } from './weather.ts'

const [CLOSED, STATUS] = ['closed', 'status'].map(keyOf) as [number, number]

/** A few schools a day close for reasons of their own. */
const OWN_CLOSURES = 0.002
const STATUS_TIME = '06:00'

export interface Closure {
  since: number
  reason: string
}

/** The sessions of a school on a day, as the registry will schedule them too. */
export function schoolSessions(
  school: SimSchool,
  day: string,
  calendar: readonly CalendarEntry[],
): ScheduledSession[] {
  const facts = { classes: school.classes.length, pupils: school.enrolment, validFrom: '', validTo: null }
  const rules: SessionRule[] = school.sessions.map((session) => ({ ...session, ...facts }))
  return sessionsOn(day, rules, [], calendar)
}

export function isSchoolDay(day: string, calendar: readonly CalendarEntry[]): boolean {
  return dayKind(day, [], calendar) !== 'off'
}

/** When the school says in the morning whether it is open. */
export function statusTime(school: SimSchool, day: string): number {
  const delay = Math.floor(10 * MINUTE_MS * uniform(school.key, dayKey(day), STATUS))
  return momentOf(day, STATUS_TIME) + delay
}

/** Why a school stays closed on a day without any scenario; undefined on an ordinary day. */
export function ownClosure(school: SimSchool, day: string): Closure | undefined {
  if (!chance(OWN_CLOSURES, school.key, dayKey(day), CLOSED)) return undefined
  return { since: statusTime(school, day), reason: 'Mất nước sinh hoạt (mô phỏng)' }
}

/** Why and since when a school is closed at a moment of a day; undefined while it is open. */
export function closureAt(
  school: SimSchool,
  day: string,
  moment: number,
  scenarios: readonly Scenario[],
): Closure | undefined {
  const own = ownClosure(school, day)
  if (own) return own
  for (const scenario of scenarios) {
    const span = closingSpan(scenario, school)
    if (span && span.from <= moment && moment < span.to) {
      return { since: span.from, reason: 'Nghỉ học do bão (mô phỏng)' }
    }
  }
  return undefined
}

/** When a storm keeps a school closed: schools decide within a minute or two of each other, and open so too. */
export function closingSpan(scenario: Scenario, school: SimSchool): { from: number; to: number } | undefined {
  if (scenario.name !== 'storm') return undefined
  const delay = (within: number) => ownDelay(scenario, school.key, within)
  return { from: scenario.startsAt + delay(60_000), to: scenario.endsAt + delay(90_000) }
}
