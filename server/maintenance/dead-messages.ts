import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import { DAY_MS } from '../../shared/domain/time.ts'
import type { Retention } from './retention.ts'
import { Stopwatch, type TaskRun } from './task-report.ts'

const DELETE_OLD = sql(import.meta.url, './sql/delete-old-dead-messages.sql')
const DELETE_SURPLUS = sql(import.meta.url, './sql/delete-surplus-dead-messages.sql')
const WAITING = sql(import.meta.url, './sql/waiting-messages.sql')
const WAITING_BY_DEVICE = sql(import.meta.url, './sql/waiting-by-device.sql')
const DELETE_OLDEST = sql(import.meta.url, './sql/delete-oldest-of-device.sql')

/** Messages of one delete, with all their letters and bytes. */
const MESSAGES_PER_DELETE = 1_000
/** Where too much waits, so much of the bound is left over: counting by device is long then, and should be rare. */
const KEPT_SHARE = 0.95

type Bounds = Retention['deadMessages']

/** Deletes dead messages older than they are kept, up to a statement's worth of each kind. */
export async function deleteOldDeadMessages(
  database: Queryable,
  bounds: Bounds,
  now: number,
): Promise<TaskRun & { more: boolean }> {
  const watch = new Stopwatch()
  const deleteOlder = async (waiting: boolean, keepDays: number) => {
    const values = [waiting, new Date(now - keepDays * DAY_MS), MESSAGES_PER_DELETE]
    const { result } = await watch.time(() => database.query(DELETE_OLD, values))
    return result.rowCount ?? 0
  }
  const refused = await deleteOlder(false, bounds.refused.keepDays)
  const waiting = await deleteOlder(true, bounds.waiting.keepDays)
  return {
    longestMs: watch.longestMs,
    detail: `${refused} refused, ${waiting} waiting`,
    more: refused === MESSAGES_PER_DELETE || waiting === MESSAGES_PER_DELETE,
  }
}

/** Deletes the oldest refused messages beyond the letters and bytes that are kept, up to a statement's worth. */
export async function deleteSurplusRefused(
  database: Queryable,
  { refused }: Pick<Bounds, 'refused'>,
): Promise<TaskRun & { more: boolean }> {
  const watch = new Stopwatch()
  const values = [refused.keepLetters, refused.keepBytes, MESSAGES_PER_DELETE]
  const { result } = await watch.time(() => database.query(DELETE_SURPLUS, values))
  const messages = result.rowCount ?? 0
  return {
    longestMs: watch.longestMs,
    detail: `${messages} messages`,
    more: messages === MESSAGES_PER_DELETE,
  }
}

interface WaitingDevice {
  reason: string
  format: string
  name: string
  letters: number
}

/**
 * Deletes waiting messages when they are more, or more bytes, than are kept: of every device the oldest beyond the
 * same number, so that those with the most lose them first.
 */
export async function deleteSurplusWaiting(
  database: Queryable,
  { waiting }: Pick<Bounds, 'waiting'>,
): Promise<TaskRun> {
  const watch = new Stopwatch()
  const { result } = await watch.time(() => database.query<{ messages: number; bytes: number }>(WAITING))
  const { messages, bytes } = result.rows[0]!
  // Messages are taken to be of one size: what that leaves too much is seen by the next look.
  const allowed = Math.min(
    waiting.keepMessages,
    Math.floor(messages * (waiting.keepBytes / Math.max(1, bytes))),
  )
  if (messages <= allowed) return { longestMs: watch.longestMs, detail: 'within bounds' }
  const found = await watch.time(() => database.query<WaitingDevice>(WAITING_BY_DEVICE))
  const devices = found.result.rows
  const most = evenShare(
    devices.map((device) => device.letters),
    Math.floor(allowed * KEPT_SHARE),
  )
  let deleted = 0
  for (const { reason, format, name, letters } of devices) {
    for (let left = letters - most; left > 0; left -= MESSAGES_PER_DELETE) {
      const values = [reason, format, name, Math.min(left, MESSAGES_PER_DELETE)]
      const oldest = await watch.time(() => database.query(DELETE_OLDEST, values))
      deleted += oldest.result.rowCount ?? 0
    }
  }
  return { longestMs: watch.longestMs, detail: `${deleted} messages` }
}

/** The largest number that each may keep, so that all together keep at most `allowed`. */
export function evenShare(counts: readonly number[], allowed: number): number {
  let left = allowed
  const ascending = counts.toSorted((a, b) => a - b)
  for (const [at, count] of ascending.entries()) {
    const share = Math.floor(left / (ascending.length - at))
    if (count > share) return share
    left -= count
  }
  return allowed
}
