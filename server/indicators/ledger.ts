import type { Sum } from '../../shared/domain/ratio.ts'
import type { StoredPeriod } from './catalogue.ts'

export interface SumRow {
  day: string
  indicator: string
  period: StoredPeriod
  school: number
  sum: Sum
}

export interface RoomRow {
  day: string
  device: number
  /** null: the room turned out not to have been measured in school hours. */
  exceeded: boolean | null
}

export interface LedgerPage {
  sums: SumRow[]
  rooms: RoomRow[]
}

/** What has changed and is still to be written: of each row only the newest state. */
export class Ledger {
  readonly #sums = new Map<string, SumRow>()
  readonly #rooms = new Map<string, RoomRow>()

  get size(): number {
    return this.#sums.size + this.#rooms.size
  }

  putSum(row: SumRow): void {
    this.#sums.set(sumKey(row), row)
  }

  putRoom(row: RoomRow): void {
    this.#rooms.set(roomKey(row), row)
  }

  /** Takes everything out, to be written. */
  take(): LedgerPage {
    const page = { sums: [...this.#sums.values()], rooms: [...this.#rooms.values()] }
    this.#sums.clear()
    this.#rooms.clear()
    return page
  }

  /** Puts back what could not be written, where nothing newer has come. */
  giveBack(page: LedgerPage): void {
    for (const row of page.sums) if (!this.#sums.has(sumKey(row))) this.#sums.set(sumKey(row), row)
    for (const row of page.rooms) if (!this.#rooms.has(roomKey(row))) this.#rooms.set(roomKey(row), row)
  }
}

function sumKey(row: SumRow): string {
  return `${row.day} ${row.indicator} ${row.period} ${row.school}`
}

function roomKey(row: RoomRow): string {
  return `${row.day} ${row.device}`
}
