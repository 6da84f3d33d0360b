import type { Queryable } from '../../shared/db/connect.ts'
import type { Message, Outcome } from '../message.ts'
import { type Leased, leasePage, newestId, type RetryFilter } from './lease.ts'

export interface RetryOptions {
  database: Queryable
  filter: RetryFilter
  /** At most so many messages. @defaultValue all that fit */
  limit?: number
  /** Takes messages through the pipeline. Resolves when they are settled, or cannot be for the time being. */
  carry(messages: readonly Message[]): Promise<void>
  signal: AbortSignal
  /** After each page: how many more have been looked at. */
  onPage?(messages: number): void
}

/** What became of the messages that were carried again; the unit of the last three is the record. */
export interface RetryCounts {
  messages: number
  /** Not carried: somebody else carries them at the moment, or they are not kept whole. */
  skipped: number
  stored: number
  duplicate: number
  refused: number
}

/**
 * Carries dead messages again, page by page, each at most once: what is refused again keeps its place, and what
 * comes meanwhile is left for another time. Killed at any moment it has lost nothing: a message is a dead message
 * until the transaction that stores it, and leases run out.
 * @throws what the database fails with
 */
export async function retry(options: RetryOptions): Promise<RetryCounts> {
  const { database, filter, signal, carry } = options
  const counts = { messages: 0, skipped: 0, stored: 0, duplicate: 0, refused: 0 }
  const newest = await newestId(database)
  let left = options.limit ?? Number.POSITIVE_INFINITY
  const note = ({ stored, duplicate, rejected }: Outcome) => {
    counts.messages += 1
    counts.stored += stored
    counts.duplicate += duplicate
    counts.refused += rejected.length
  }
  for (let after = 0; left > 0 && !signal.aborted; ) {
    const page = await leasePage(database, filter, { after, newest, limit: left })
    if (page.last === undefined) break
    after = page.last
    if (page.leased.length > 0) await carry(page.leased.map((one) => toMessage(one, note)))
    const looked = page.leased.length + page.skipped
    counts.skipped += page.skipped
    left -= looked
    options.onPage?.(looked)
  }
  return counts
}

function toMessage(leased: Leased, note: (outcome: Outcome) => void): Message {
  return { ...leased, dup: false, settle: note }
}
