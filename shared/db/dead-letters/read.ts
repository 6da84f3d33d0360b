import { isUtf8 } from 'node:buffer'
import { z } from 'zod'
import {
  DeadLetterCount,
  DeadMessage,
  type DeadMessageDetail,
  WaitingDevice,
} from '../../contract/dead-letter.ts'
import type { Queryable } from '../connect.ts'
import { sql } from '../sql.ts'

const COUNTS = sql(import.meta.url, './counts.sql')
const WAITING = sql(import.meta.url, './waiting.sql')
const LIST = sql(import.meta.url, './list.sql')
const ONE = sql(import.meta.url, './one.sql')

/** Which dead letters are meant; what is left out does not matter. Moments are ISO 8601, `until` is not included. */
export interface LetterFilter {
  school?: string | undefined
  reason?: string | undefined
  format?: string | undefined
  since?: string | undefined
  until?: string | undefined
}

/** Letters shown of a message in a list, and in all of it. */
const LETTERS_OF_LIST = 5
const LETTERS_OF_ONE = 1_000

const Timestamp = z.date().transform((date) => date.toISOString())
const CountRow = DeadLetterCount.extend({ newest: Timestamp, total: z.number().int() })
const WaitingRow = WaitingDevice.extend({
  firstSeen: Timestamp,
  lastSeen: Timestamp,
  total: z.number().int(),
})
const MessageRow = DeadMessage.extend({ receivedAt: Timestamp })
const DetailRow = MessageRow.extend({ payload: z.instanceof(Buffer) })

/** The first five values of a statement with a filter. */
export function filterValues({ school, reason, format, since, until }: LetterFilter): (string | null)[] {
  return [school ?? null, reason ?? null, format ?? null, since ?? null, until ?? null]
}

/** Refused records by school and reason, most first; `total` counts those beyond the limit too. */
export async function readLetterCounts(
  database: Queryable,
  filter: LetterFilter,
  limit: number,
): Promise<{ counts: DeadLetterCount[]; total: number }> {
  const { rows } = await database.query(COUNTS, [...filterValues(filter), limit])
  const found = z.array(CountRow).parse(rows)
  return { counts: found.map(({ total: _, ...count }) => count), total: found[0]?.total ?? 0 }
}

/** Devices whose messages wait, those heard last first; `total` counts those beyond the limit too. */
export async function readWaitingDevices(
  database: Queryable,
  { format, limit }: { format?: string | undefined; limit: number },
): Promise<{ devices: WaitingDevice[]; total: number }> {
  const { rows } = await database.query(WAITING, [format ?? null, limit])
  const found = z.array(WaitingRow).parse(rows)
  return { devices: found.map(({ total: _, ...device }) => device), total: found[0]?.total ?? 0 }
}

/** Dead messages with a letter that fits, newest first, from before the id `before` on. */
export async function readDeadMessages(
  database: Queryable,
  filter: LetterFilter,
  { before, limit }: { before?: string | undefined; limit: number },
): Promise<DeadMessage[]> {
  const { rows } = await database.query(LIST, [
    ...filterValues(filter),
    before ?? null,
    limit,
    LETTERS_OF_LIST,
  ])
  return z.array(MessageRow).parse(rows)
}

/** A dead message with its payload; undefined when there is none (any more). */
export async function readDeadMessage(
  database: Queryable,
  id: string,
): Promise<DeadMessageDetail | undefined> {
  const { rows } = await database.query(ONE, [id, LETTERS_OF_ONE])
  if (rows.length === 0) return undefined
  const { payload, ...message } = DetailRow.parse(rows[0])
  const text = isUtf8(payload) ? payload.toString('utf8') : null
  return { ...message, payload: { base64: payload.toString('base64'), text } }
}
