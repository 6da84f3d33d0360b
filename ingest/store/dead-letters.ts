import { WaitingReason } from '../../shared/contract/dead-letter.ts'
import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import type { Message } from '../message.ts'
import type { Letter } from '../records.ts'
import { flags, numbers } from './columns.ts'

const STORE = sql(import.meta.url, '../sql/store-dead-letters.sql')

/** A payload is kept whole up to here; of what is larger, the beginning. */
export const MOST_KEPT_BYTES = 1_048_576
/** Names are looked up by an index, whose entries are bounded; no registered name is longer. */
const MOST_NAME_LENGTH = 256

/** Each message once, with its bytes, and its letters. A dead message that was carried again keeps its place. */
export async function storeDeadLetters(client: Queryable, letters: readonly Letter[]): Promise<void> {
  if (letters.length === 0) return
  const byMessage = new Map<Message, Letter[]>()
  for (const one of letters) {
    const others = byMessage.get(one.message)
    if (others) others.push(one)
    else byMessage.set(one.message, [one])
  }
  const messages = [...byMessage.keys()]
  const position = new Map(messages.map((message, at) => [message, at + 1]))
  const isWaiting = (message: Message) =>
    byMessage.get(message)!.some(({ reason, vendor }) => vendor !== undefined && isWaitingReason(reason))
  await client.query(STORE, [
    messages.map((one) => one.retryOf ?? null),
    numbers(messages, (one) => one.receivedAt),
    messages.map((one) => one.source),
    messages.map((one) => storable(one.topic)),
    messages.map((one) => (one.retryOf === undefined ? one.payload.subarray(0, MOST_KEPT_BYTES) : null)),
    numbers(messages, (one) => one.payload.length),
    numbers(messages, (one) => one.qos),
    flags(messages, (one) => one.retained),
    messages.map((one) => storableOrNull(one.username)),
    `{${messages.map(isWaiting).join(',')}}`,
    numbers(messages, (one) => byMessage.get(one)!.length),
    numbers(letters, (one) => position.get(one.message)!),
    letters.map((one) => one.reason),
    letters.map((one) => storableOrNull(one.field)),
    letters.map((one) => storableOrNull(one.value || null)),
    letters.map((one) => storable(one.detail)),
    letters.map((one) => one.remedy),
    letters.map((one) => one.school),
    letters.map((one) => one.vendor?.format ?? null),
    letters.map((one) => storableOrNull(one.vendor?.name.slice(0, MOST_NAME_LENGTH))),
  ])
}

/** Such messages are kept longer, and carried again when what they wait for is there. */
function isWaitingReason(reason: string): boolean {
  return WaitingReason.safeParse(reason).success
}

/** A text of Postgres holds every character but NUL. */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD')
}

function storableOrNull(text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : storable(text)
}
