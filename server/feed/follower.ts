import type { Queryable } from '../../shared/db/connect.ts'
import { type JournalRow, journalHolds, journalLag, readUnseen } from './journal.ts'
import { before, type Position } from './position.ts'
import { Rate } from './rates.ts'
import { type Snapshot, snapshotBefore } from './visibility.ts'

/** Rows of one read: a row may hold the readings of a whole store batch, and its arrays are parsed in one go. */
const ROWS_PER_READ = 50
/** After this long in one round the rest waits for the next, so that the board is published in between. */
const ROUND_MS = 200
/** After a pause as long as this the journal may have been pruned under the reader. */
const PAUSE_MS = 3_600_000
const LAG_EVERY_MS = 1_000

/**
 * Follows the journal: every committed row once, as soon as it is committed. It remembers what one snapshot saw and
 * asks for what the next one sees beyond, so a transaction that began early and commits late is neither missed nor
 * does it keep younger ones waiting.
 */
export class JournalFollower {
  readonly #database: Queryable
  readonly #messages = new Rate()
  readonly #readings = new Rate()
  #seen: Snapshot
  /** While what lies between two snapshots is too much for one read: the second of them, and how far it was read. */
  #between: { until: Snapshot; after: Position } | undefined
  #lagSeconds = 0
  #lagReadAt = 0
  #followedAt = 0

  constructor(database: Queryable, position: Position) {
    this.#database = database
    this.#seen = snapshotBefore(position.xid + 1n)
  }

  /** Every row up to here has been applied; some after it may have been, too. */
  get position(): Position {
    return before(this.#seen.xmin)
  }

  /** Age in seconds of the oldest change not applied, read at most once a second. */
  get lagSeconds(): number {
    return this.#lagSeconds
  }

  messagesPerSecond(): number {
    return this.#messages.perSecond(Date.now())
  }

  readingsPerSecond(): number {
    return this.#readings.perSecond(Date.now())
  }

  /** Whether changes may have been pruned before they were read: then everything must be loaded anew. */
  async hasGap(): Promise<boolean> {
    if (this.#followedAt > 0 && Date.now() - this.#followedAt < PAUSE_MS) return false
    return !(await journalHolds(this.#database, this.position))
  }

  /**
   * Reads what is new and hands it to `apply`, which must not wait: a row is applied whole or not at all.
   * @returns true when the end of the journal was reached, false when more is waiting.
   */
  async follow(apply: (row: JournalRow) => void): Promise<boolean> {
    const started = Date.now()
    let caughtUp = false
    while (!caughtUp && Date.now() - started < ROUND_MS) caughtUp = await this.#readOnce(apply)
    this.#followedAt = Date.now()
    await this.#readLag(caughtUp)
    return caughtUp
  }

  /** One read. True when it went up to the moment it was made. */
  async #readOnce(apply: (row: JournalRow) => void): Promise<boolean> {
    const begun = this.#between
    const { rows, until } = await readUnseen(this.#database, {
      seen: this.#seen,
      until: begun?.until,
      after: begun?.after ?? before(this.#seen.xmin),
      limit: ROWS_PER_READ,
    })
    for (const row of rows) {
      apply(row)
      this.#between = { until, after: row.position }
      this.#messages.add(row.messages, Date.now())
      this.#readings.add(row.devices.length, Date.now())
    }
    if (rows.length === ROWS_PER_READ) return false
    this.#seen = until
    this.#between = undefined
    return begun === undefined
  }

  async #readLag(caughtUp: boolean): Promise<void> {
    if (caughtUp && Date.now() - this.#lagReadAt < LAG_EVERY_MS) return
    this.#lagReadAt = Date.now()
    this.#lagSeconds = await journalLag(this.#database, this.#seen)
  }
}
