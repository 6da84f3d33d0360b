import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import { DAY_MS } from '../../shared/domain/time.ts'
import type { Retention } from './retention.ts'
import { Stopwatch, type TaskRun } from './task-report.ts'

const DELETE_OLD = sql(import.meta.url, './sql/delete-old-dead-messages.sql')
const DELETE_SURPLUS = sql(import.meta.url, './sql/delete-surplus-dead-messages.sql')
const WAITING_IS_TOO_MUCH = sql(import.meta.url, './sql/waiting-is-too-much.sql')
const SURPLUS_WAITING = sql(import.meta.url, './sql/surplus-waiting-messages.sql')
const DELETE = sql(import.meta.url, './sql/delete-dead-messages.sql')

/** Messages of one delete, with all their letters and bytes. */
const MESSAGES_PER_DELETE = 1_000
/** Found by one look at all that waits, which is long where much waits. */
const MOST_FOUND = 20_000

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

/** Deletes waiting messages beyond the number and bytes that are kept: the oldest of the devices with the most. */
export async function deleteSurplusWaiting(
  database: Queryable,
  { waiting }: Pick<Bounds, 'waiting'>,
): Promise<TaskRun & { more: boolean }> {
  const watch = new Stopwatch()
  const bounds = [waiting.keepMessages, waiting.keepBytes]
  const look = await watch.time(() => database.query<{ tooMuch: boolean }>(WAITING_IS_TOO_MUCH, bounds))
  if (!look.result.rows[0]!.tooMuch)
    return { longestMs: watch.longestMs, detail: 'within bounds', more: false }
  const found = await watch.time(() =>
    database.query<{ id: number }>(SURPLUS_WAITING, [...bounds, MOST_FOUND]),
  )
  const ids = found.result.rows.map((row) => row.id)
  for (let at = 0; at < ids.length; at += MESSAGES_PER_DELETE) {
    await watch.time(() => database.query(DELETE, [ids.slice(at, at + MESSAGES_PER_DELETE)]))
  }
  return { longestMs: watch.longestMs, detail: `${ids.length} messages`, more: ids.length === MOST_FOUND }
}
