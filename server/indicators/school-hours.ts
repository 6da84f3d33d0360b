import type { ScheduledSession } from '../../shared/domain/calendar.ts'
import { SLOT_MS } from '../../shared/domain/time.ts'

/** What a school said of itself; `since` in milliseconds. */
export interface SchoolStatus {
  since: number
  open: boolean
  reason: string
}

/** Oldest first. */
export type StatusHistory = readonly SchoolStatus[]

/** Whether the school was open at a moment; undefined when it had not said. */
export function openAt(history: StatusHistory, moment: number): boolean | undefined {
  return statusAt(history, moment)?.open
}

/** What the school had last said by a moment. */
export function statusAt(history: StatusHistory, moment: number): SchoolStatus | undefined {
  let last: SchoolStatus | undefined
  for (const status of history) {
    if (status.since > moment) break
    last = status
  }
  return last
}

/** A school that never said is taken for open: silence must not hide absences. */
export function isClosedAt(history: StatusHistory, moment: number): boolean {
  return openAt(history, moment) === false
}

/** Whether lessons are held in a slot: it starts within a scheduled session and the school is not closed then. */
export function isSchoolHours(
  sessions: readonly ScheduledSession[],
  history: StatusHistory,
  slot: number,
): boolean {
  return sessions.some((session) => holds(session, slot)) && !isClosedAt(history, slot)
}

/** Whether any slot from `from` up to, not with, `until` is one of school hours. */
export function hasSchoolHours(
  sessions: readonly ScheduledSession[],
  history: StatusHistory,
  from: number,
  until: number,
): boolean {
  return sessions.some((session) => {
    const first = Math.ceil(Math.max(session.startsAt, from) / SLOT_MS) * SLOT_MS
    for (let slot = first; slot < Math.min(session.endsAt, until); slot += SLOT_MS) {
      if (!isClosedAt(history, slot)) return true
    }
    return false
  })
}

function holds(session: ScheduledSession, moment: number): boolean {
  return session.startsAt <= moment && moment < session.endsAt
}
