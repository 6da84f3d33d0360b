import type { Queryable } from '../../shared/db/connect.ts'
import { type JournalRow, journalHolds, journalLag, readJournal } from './journal.ts'
import type { Position } from './position.ts'
import { Rate } from './rates.ts'

/** Rows of one read: a row may hold the readings of a whole store batch, and its arrays are parsed in one go. */
const ROWS_PER_READ = 50
/** After this long in one round the rest waits for the next, so that the board is published in between. */
const ROUND_MS = 200
/** After a pause as long as this the journal may have been pruned under the reader. */
const PAUSE_MS = 3_600_000
const LAG_EVERY_MS = 1_000

/** Follows the journal from a position: every row once, in order, applied before the position moves. */
export class JournalFollower {
  readonly #database: Queryable
  readonly #messages = new Rate()
  readonly #readings = new Rate()
  #position: Position
  #lagSeconds = 0
  #lagReadAt = 0
  #followedAt = 0

  constructor(database: Queryable, position: Position) {
    this.#database = database
    this.#position = position
  }

  get position(): Position {
    return this.#position
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
    return !(await journalHolds(this.#database, this.#position))
  }

  /**
   * Reads what is new and hands it to `apply`, which must not wait: a row is applied whole or not at all.
   * @returns true when the end of the journal was reached, false when more is waiting.
   */
  async follow(apply: (row: JournalRow) => void): Promise<boolean> {
    const started = Date.now()
    let caughtUp = false
    while (!caughtUp && Date.now() - started < ROUND_MS) {
      const rows = await readJournal(this.#database, this.#position, ROWS_PER_READ)
      for (const row of rows) {
        apply(row)
        this.#position = row.position
        this.#messages.add(row.messages, Date.now())
        this.#readings.add(row.devices.length, Date.now())
      }
      caughtUp = rows.length < ROWS_PER_READ
    }
    this.#followedAt = Date.now()
    await this.#readLag(caughtUp)
    return caughtUp
  }

  /** Also when the end was reached: committed changes may be waiting behind an older transaction still running. */
  async #readLag(caughtUp: boolean): Promise<void> {
    if (caughtUp && Date.now() - this.#lagReadAt < LAG_EVERY_MS) return
    this.#lagReadAt = Date.now()
    this.#lagSeconds = await journalLag(this.#database, this.#position)
  }
}
