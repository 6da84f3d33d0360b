import { Day } from '../../shared/contract/primitives.ts'
import type { Reason, RowFault } from './row-fault.ts'
import type { TableRow } from './table.ts'

/**
 * Reads the cells of one row into what they mean. A cell that cannot be read becomes a fault and undefined, so
 * that all faults of a row are reported together.
 */
export class Cells {
  readonly faults: RowFault[] = []
  readonly #row: TableRow

  constructor(row: TableRow) {
    this.#row = row
  }

  get line(): number {
    return this.#row.line
  }

  text(column: string): string {
    return this.#row.cells[column] ?? ''
  }

  /** Adds a fault for a column. `shown` stands for the value where that must not be printed. */
  refuse(column: string, reason: Reason, shown = this.text(column)): undefined {
    this.faults.push({ line: this.line, column, value: shown, reason })
    return undefined
  }

  required(column: string): string | undefined {
    return (
      this.text(column) || this.refuse(column, { vi: 'ô bắt buộc còn trống', en: 'a required cell is empty' })
    )
  }

  matching(column: string, shape: RegExp, reason: Reason): string | undefined {
    const text = this.required(column)
    if (text === undefined) return undefined
    return shape.test(text) ? text : this.refuse(column, reason)
  }

  oneOf<T extends string>(column: string, choices: readonly T[]): T | undefined {
    const text = this.required(column)
    if (text === undefined) return undefined
    const found = choices.find((choice) => choice === text.toLowerCase())
    const list = choices.join(', ')
    return found ?? this.refuse(column, { vi: `phải là một trong: ${list}`, en: `must be one of: ${list}` })
  }

  /** A whole number written in digits only: with separators nobody can tell 1.234 from 1,234. */
  integer(column: string, minimum: number, maximum: number): number | undefined {
    const text = this.required(column)
    if (text === undefined) return undefined
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (value >= minimum && value <= maximum) return value
    return this.refuse(column, {
      vi: `phải là số nguyên từ ${minimum} đến ${maximum}, chỉ gồm chữ số`,
      en: `must be a whole number from ${minimum} to ${maximum}, digits only`,
    })
  }

  /**
   * A number with decimals. A decimal comma is taken as such, because spreadsheets set to Vietnamese write it;
   * separators of thousands are refused.
   */
  decimal(column: string, minimum: number, maximum: number, what: Reason): number | undefined {
    const text = this.required(column)
    if (text === undefined) return undefined
    const value = /^-?\d+([.,]\d+)?$/.test(text) ? Number(text.replace(',', '.')) : Number.NaN
    if (value >= minimum && value <= maximum) return value
    return this.refuse(column, {
      vi: `phải là ${what.vi} từ ${minimum} đến ${maximum}`,
      en: `must be ${what.en} from ${minimum} to ${maximum}`,
    })
  }

  /** A day, as 2026-09-05 or in the Vietnamese order 05/09/2026. */
  day(column: string): string | undefined {
    const text = this.required(column)
    if (text === undefined) return undefined
    const vietnamese = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text)
    const iso = vietnamese
      ? `${vietnamese[3]}-${vietnamese[2]!.padStart(2, '0')}-${vietnamese[1]!.padStart(2, '0')}`
      : text
    if (Day.safeParse(iso).success) return iso
    return this.refuse(column, {
      vi: 'phải là ngày có thật, viết 2026-09-05 hoặc 05/09/2026',
      en: 'must be a real day, written 2026-09-05 or 05/09/2026 (day first)',
    })
  }

  /** A time of day as HH:MM. */
  time(column: string): string | undefined {
    const text = this.required(column)
    if (text === undefined) return undefined
    const parts = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text)
    if (parts) return `${parts[1]!.padStart(2, '0')}:${parts[2]}`
    return this.refuse(column, {
      vi: 'phải là giờ trong ngày, viết 07:15',
      en: 'must be a time of day, written 07:15',
    })
  }

  /** ISO weekdays, 1 Monday to 7 Sunday, as 1-6 or 1,2,4. */
  weekdays(column: string): number[] | undefined {
    const text = this.required(column)
    if (text === undefined) return undefined
    const days = new Set<number>()
    for (const part of text.split(/[,\s]+/)) {
      const range = /^([1-7])(?:-([1-7]))?$/.exec(part)
      const first = Number(range?.[1])
      const last = Number(range?.[2] ?? range?.[1])
      if (!range || last < first) {
        return this.refuse(column, {
          vi: 'phải là các thứ trong tuần, 1 = thứ Hai đến 7 = Chủ nhật, viết 1-6 hoặc 1,2,4',
          en: 'must be weekdays, 1 Monday to 7 Sunday, written 1-6 or 1,2,4',
        })
      }
      for (let day = first; day <= last; day++) days.add(day)
    }
    return [...days].sort()
  }

  /** The last day of a span, null where the cell is empty. */
  lastDay(column: string, first: string | undefined): string | null | undefined {
    if (this.text(column) === '') return null
    const day = this.day(column)
    if (day === undefined || first === undefined || day >= first) return day
    return this.refuse(column, {
      vi: `ngày cuối phải từ ngày đầu (${first}) trở đi`,
      en: `the last day must not be before the first (${first})`,
    })
  }
}
