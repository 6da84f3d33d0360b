import type { Queryable } from '../../shared/db/connect.ts'
import { filterValues, type LetterFilter } from '../../shared/db/dead-letters/read.ts'
import { sql } from '../../shared/db/sql.ts'
import type { Message } from '../message.ts'

const LEASE = sql(import.meta.url, '../sql/lease-dead-messages.sql')
const COUNT = sql(import.meta.url, '../sql/count-dead-messages.sql')
const NEWEST = sql(import.meta.url, '../sql/newest-dead-message.sql')

/** Longer than a store transaction takes. When it has run out, the message may be carried by anybody again. */
export const LEASE_SECONDS = 60
const MESSAGES_OF_PAGE = 200
const BYTES_OF_PAGE = 1_048_576

/** Which dead messages are to be carried again. */
export interface RetryFilter extends LetterFilter {
  /** The name that waits, in the words of its format. */
  device?: string
}

/** A dead message as it came. */
export type Leased = Omit<Message, 'settle' | 'dup'> & { retryOf: number }

export interface Page {
  leased: Leased[]
  /** Carried by somebody else at the moment, or not kept whole. */
  skipped: number
  /** Id of the last one looked at; undefined when there are no more. */
  last: number | undefined
}

interface LeasedRow {
  id: number
  receivedAt: number
  source: 'mqtt' | 'http' | null
  topic: string
  payload: Buffer
  qos: 0 | 1 | 2
  retained: boolean
  username: string | null
}

/** The next messages with a letter that fits, by id, after `after` and up to `newest`, leased to the caller. */
export async function leasePage(
  database: Queryable,
  filter: RetryFilter,
  { after, newest, limit }: { after: number; newest: number; limit: number },
): Promise<Page> {
  const { rows } = await database.query<LeasedRow>(LEASE, [
    ...filterValues(filter),
    after,
    newest,
    filter.device ?? null,
    Math.min(limit, MESSAGES_OF_PAGE),
    BYTES_OF_PAGE,
    LEASE_SECONDS,
  ])
  const leased = rows.flatMap(({ id, source, receivedAt, username, ...message }) =>
    source === null
      ? []
      : [
          {
            ...message,
            source,
            receivedAt: Math.round(receivedAt),
            username: username ?? undefined,
            retryOf: id,
          },
        ],
  )
  return { leased, skipped: rows.length - leased.length, last: rows.at(-1)?.id }
}

/** How many messages have a letter that fits. */
export async function countFitting(database: Queryable, filter: LetterFilter): Promise<number> {
  const { rows } = await database.query<{ messages: number }>(COUNT, filterValues(filter))
  return rows[0]!.messages
}

/** Id of the newest dead message; 0 when there is none. */
export async function newestId(database: Queryable): Promise<number> {
  const { rows } = await database.query<{ id: number }>(NEWEST)
  return rows[0]!.id
}
