import type { SchoolSessionName } from '../contract/primitives.ts'
import { type Dated, isValidOn } from './area-tree.ts'
import { momentOf, weekdayOf } from './time.ts'

export interface CalendarEntry {
  kind: 'term' | 'holiday' | 'closure' | 'make_up'
  firstDay: string
  lastDay: string
  /** null: the whole province. */
  area: number | null
}

export interface SessionRule extends Dated {
  session: SchoolSessionName
  weekdays: readonly number[]
  /** HH:MM, province time. */
  starts: string
  ends: string
  classes: number
  pupils: number
}

/** Whether lessons are scheduled at all on a day for a place in these areas. A make-up day beats a holiday or weekend. */
export function dayKind(
  day: string,
  areas: readonly number[],
  entries: readonly CalendarEntry[],
): 'school' | 'make_up' | 'off' {
  let inTerm = false
  let off = false
  let makeUp = false
  for (const entry of entries) {
    if (day < entry.firstDay || day > entry.lastDay) continue
    if (entry.area !== null && !areas.includes(entry.area)) continue
    if (entry.kind === 'term') inTerm = true
    else if (entry.kind === 'make_up') makeUp = true
    else off = true
  }
  if (makeUp) return 'make_up'
  return inTerm && !off ? 'school' : 'off'
}

export interface ScheduledSession {
  session: SchoolSessionName
  startsAt: number
  endsAt: number
  classes: number
  pupils: number
}

/** The sessions a school is scheduled to hold on a day. On a make-up day every session of the school is held. */
export function sessionsOn(
  day: string,
  rules: readonly SessionRule[],
  areas: readonly number[],
  entries: readonly CalendarEntry[],
): ScheduledSession[] {
  const kind = dayKind(day, areas, entries)
  if (kind === 'off') return []
  const weekday = weekdayOf(day)
  return rules
    .filter((rule) => isValidOn(rule, day) && (kind === 'make_up' || rule.weekdays.includes(weekday)))
    .map((rule) => ({
      session: rule.session,
      startsAt: momentOf(day, rule.starts),
      endsAt: momentOf(day, rule.ends),
      classes: rule.classes,
      pupils: rule.pupils,
    }))
}

/** When the roll of a session is due (domain facts, section 4, proposal). */
export const ROLL_DEADLINE: Record<SchoolSessionName, string> = { morning: '08:00', afternoon: '14:30' }

export function rollDeadline(day: string, session: SchoolSessionName): number {
  return momentOf(day, ROLL_DEADLINE[session])
}
