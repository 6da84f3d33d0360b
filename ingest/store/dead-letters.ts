import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import type { Message } from '../message.ts'
import type { Letter } from '../records.ts'
import { countMessages, numbers } from './columns.ts'

const STORE = sql(import.meta.url, '../sql/store-dead-letters.sql')

/** So many bytes of one message are kept in all its dead letters together: one message must not fill the table. */
export const MOST_KEPT_BYTES = 65_536

export async function storeDeadLetters(client: Queryable, letters: readonly Letter[]): Promise<void> {
  if (letters.length === 0) return
  const payloads = payloadsOf(letters)
  await client.query(STORE, [
    numbers(letters, (one) => one.message.receivedAt),
    letters.map((one) => one.message.source),
    letters.map((one) => storable(one.message.topic)),
    payloads.map((one) => one.bytes),
    letters.map((one) => one.reason),
    letters.map((one) => (one.field === null ? null : storable(one.field))),
    letters.map((one, at) => storable(one.detail) + payloads[at]!.note),
    letters.map((one) => one.remedy),
    letters.map((one) => one.school),
    countMessages(letters),
  ])
}

/** The bytes each letter keeps: the whole payload while the message's share lasts, then its beginning, then nothing. */
function payloadsOf(letters: readonly Letter[]): { bytes: Buffer; note: string }[] {
  const left = new Map<Message, number>()
  return letters.map(({ message }) => {
    const share = left.get(message) ?? MOST_KEPT_BYTES
    const size = message.payload.length
    left.set(message, Math.max(0, share - size))
    if (size <= share) return { bytes: message.payload, note: '' }
    return { bytes: message.payload.subarray(0, share), note: ` (${share} of ${size} bytes kept)` }
  })
}

/** A text of Postgres holds every character but NUL. */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD')
}
