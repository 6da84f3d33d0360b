import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import { SLOT_MS } from '../../shared/domain/time.ts'
import type { Position } from '../feed/position.ts'
import type { Ledger, LedgerPage } from './ledger.ts'

const SUMS = sql(import.meta.url, './sql/save-sums.sql')
const ROOMS = sql(import.meta.url, './sql/save-rooms.sql')
const FORGET_ROOMS = sql(import.meta.url, './sql/forget-rooms.sql')
const POSITION = sql(import.meta.url, './sql/save-position.sql')

/** Rows of one statement: on the embedded database nobody else is served while it runs. */
const ROWS_PER_STATEMENT = 1000

/** How far the engine has come, at the moment its sums are taken to be saved. */
export interface Progress {
  /** Undefined while work is left that the journal does not hold: then only sums are saved, and no position. */
  position: Position | undefined
  closedUntil: number
  registryVersion: number
}

/**
 * Writes sums in short statements and the position last, all with one stamp. A save that was cut off is known by
 * rows with a younger stamp than the position's; their schools are worked out again after loading.
 */
export class Saver {
  readonly #database: Queryable
  readonly #ledger: Ledger
  #stamp: number
  #page: LedgerPage = { sums: [], rooms: [] }
  #progress: Progress | undefined

  /** `savedAt`: the stamp of the last complete save, so that ours are younger whatever the clock says. */
  constructor(database: Queryable, ledger: Ledger, savedAt: number) {
    this.#database = database
    this.#ledger = ledger
    this.#stamp = savedAt
  }

  get isSaving(): boolean {
    return this.#progress !== undefined
  }

  /** Takes what is to be saved; what changes from here on belongs to the next save. */
  begin(progress: Progress): void {
    this.#stamp = Math.max(Date.now(), this.#stamp + 1)
    this.#progress = progress
    this.#page = this.#ledger.take()
  }

  /** Writes for about `budgetMs`. True when the save is complete. What fails is tried again with the next save. */
  async advance(budgetMs: number): Promise<boolean> {
    const until = Date.now() + budgetMs
    try {
      do {
        if (await this.#writeNext()) return true
      } while (Date.now() < until)
      return false
    } catch (error) {
      this.#ledger.giveBack(this.#page)
      this.#page = { sums: [], rooms: [] }
      this.#progress = undefined
      throw error
    }
  }

  async #writeNext(): Promise<boolean> {
    const { sums, rooms } = this.#page
    if (sums.length > 0) {
      await this.#writeSums(sums.slice(0, ROWS_PER_STATEMENT))
      this.#page = { sums: sums.slice(ROWS_PER_STATEMENT), rooms }
      return false
    }
    if (rooms.length > 0) {
      await this.#writeRooms(rooms.slice(0, ROWS_PER_STATEMENT))
      this.#page = { sums, rooms: rooms.slice(ROWS_PER_STATEMENT) }
      return false
    }
    await this.#writePosition()
    this.#progress = undefined
    return true
  }

  async #writeSums(rows: LedgerPage['sums']): Promise<void> {
    await this.#database.query(SUMS, [
      rows.map((row) => row.day),
      rows.map((row) => row.indicator),
      rows.map((row) => row.period),
      rows.map((row) => row.school),
      rows.map((row) => row.sum.numerator),
      rows.map((row) => row.sum.denominator),
      new Date(this.#stamp),
    ])
  }

  async #writeRooms(rows: LedgerPage['rooms']): Promise<void> {
    const kept = rows.filter((row) => row.exceeded !== null)
    const gone = rows.filter((row) => row.exceeded === null)
    await this.#database.query(ROOMS, [
      kept.map((row) => row.day),
      kept.map((row) => row.device),
      kept.map((row) => row.exceeded),
    ])
    if (gone.length === 0) return
    await this.#database.query(FORGET_ROOMS, [gone.map((row) => row.day), gone.map((row) => row.device)])
  }

  async #writePosition(): Promise<void> {
    const { position, closedUntil, registryVersion } = this.#progress!
    if (!position) return
    await this.#database.query(POSITION, [
      String(position.xid),
      String(position.seq),
      new Date(closedUntil - SLOT_MS),
      new Date(this.#stamp),
      registryVersion,
    ])
  }
}
