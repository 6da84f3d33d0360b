import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import type { Message } from '../message.ts'
import type { Letter } from '../records.ts'
import { numbers } from './columns.ts'

const HOLD = sql(import.meta.url, '../sql/hold-dead-messages.sql')
const SETTLE = sql(import.meta.url, '../sql/settle-dead-messages.sql')

/** Messages of a batch that are dead messages carried again. */
interface Retried {
  /** Still there, and locked by this transaction. */
  held: Message[]
  /** Another retry has dealt with them, or they were kept no longer. */
  gone: ReadonlySet<Message>
}

/** Locks the dead messages that a batch carries again. */
export async function holdRetried(client: Queryable, messages: readonly Message[]): Promise<Retried> {
  const retried = messages.filter((message) => message.retryOf !== undefined)
  if (retried.length === 0) return { held: [], gone: new Set() }
  const { rows } = await client.query<{ id: number }>(HOLD, [numbers(retried, (one) => one.retryOf!)])
  const there = new Set(rows.map((row) => row.id))
  return {
    held: retried.filter((one) => there.has(one.retryOf!)),
    gone: new Set(retried.filter((one) => !there.has(one.retryOf!))),
  }
}

/** Removes the dead messages of which nothing was refused this time. */
export async function settleRetried(
  client: Queryable,
  held: readonly Message[],
  letters: readonly Letter[],
): Promise<void> {
  const refused = new Set(letters.map((one) => one.message))
  const done = held.filter((one) => !refused.has(one))
  if (done.length > 0) await client.query(SETTLE, [numbers(done, (one) => one.retryOf!)])
}
