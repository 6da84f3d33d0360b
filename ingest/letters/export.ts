import { z } from 'zod'
import { DeadMessage } from '../../shared/contract/dead-letter.ts'
import type { Queryable } from '../../shared/db/connect.ts'
import { filterValues, type LetterFilter } from '../../shared/db/dead-letters/read.ts'
import { sql } from '../../shared/db/sql.ts'

const PAGE = sql(import.meta.url, '../sql/export-dead-messages.sql')
const MESSAGES_OF_PAGE = 200
const BYTES_OF_PAGE = 4_194_304

const Exported = DeadMessage.extend({
  receivedAt: z.date().transform((date) => date.toISOString()),
  payload: z.instanceof(Buffer).transform((bytes) => bytes.toString('base64')),
})
export type Exported = z.output<typeof Exported>

/** Dead messages with a letter that fits, oldest id first, whole, with all their letters and the payload in base64. */
export async function* readWhole(
  database: Queryable,
  filter: LetterFilter,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<Exported> {
  let left = limit
  for (let after = '0'; left > 0; ) {
    const { rows } = await database.query(PAGE, [
      ...filterValues(filter),
      after,
      Math.min(left, MESSAGES_OF_PAGE),
      BYTES_OF_PAGE,
    ])
    const page = z.array(Exported).parse(rows)
    yield* page
    left -= page.length
    const last = page.at(-1)
    if (last === undefined) return
    after = last.id
  }
}

/** A JSON object a line. */
export async function* toJsonLines(messages: AsyncIterable<Exported>): AsyncGenerator<string> {
  for await (const message of messages) yield `${JSON.stringify(message)}\n`
}

const MESSAGE_COLUMNS = [
  'id',
  'receivedAt',
  'source',
  'topic',
  'qos',
  'retained',
  'username',
  'attempts',
  'bytes',
  'whole',
] as const
const LETTER_COLUMNS = ['school', 'reason', 'field', 'value', 'detail', 'remedy', 'format', 'device'] as const

/** A line for each refused record; the payload stands in the first line of its message. */
export async function* toCsvLines(messages: AsyncIterable<Exported>): AsyncGenerator<string> {
  yield `${[...MESSAGE_COLUMNS, ...LETTER_COLUMNS, 'payload'].join(',')}\r\n`
  for await (const message of messages) {
    for (const [at, letter] of message.letters.entries()) {
      const cells = [
        ...MESSAGE_COLUMNS.map((column) => message[column]),
        ...LETTER_COLUMNS.map((column) => letter[column]),
        at === 0 ? message.payload : '',
      ]
      yield `${cells.map(cell).join(',')}\r\n`
    }
  }
}

/** A spreadsheet must not take for a formula what a device has sent. */
const FORMULA = /^[=+\-@\t\r]/
const NUMBER = /^[-+]?\d+(\.\d+)?$/

function cell(value: string | number | boolean | null): string {
  const text = String(value ?? '')
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
