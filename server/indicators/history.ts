import type { IndicatorValue } from '../../shared/contract/indicator.ts'
import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import type { AreaBoard, AreaNode } from './area-board.ts'

const SAVE = sql(import.meta.url, './sql/save-values.sql')

const ROWS_PER_STATEMENT = 1000
/** A value is written again after this long even when it has not changed, so that a chart has a point. */
const AT_LEAST_EVERY_MS = 3_600_000
/** Points kept while the database cannot be reached; older ones are given up, sums can be charted instead. */
const MOST_WAITING = 50_000

interface Point {
  at: number
  area: number
  value: IndicatorValue
}

/** Writes the values of areas for charts at every closed slot: those that changed, and each at least hourly. */
export class History {
  readonly #database: Queryable
  readonly #written = new Map<string, { at: number; value: IndicatorValue }>()
  #waiting: Point[] = []

  constructor(database: Queryable) {
    this.#database = database
  }

  /** Takes the board as it is. Both trees agree on an area they share, so each area is written once. */
  take(board: AreaBoard, at: number): void {
    const areas = new Map<number, AreaNode>(board.nodes.map((node) => [node.area.id, node]))
    for (const { area, values } of areas.values()) {
      for (const value of values) {
        const key = `${area.id} ${value.indicator} ${value.period}`
        const last = this.#written.get(key)
        if (last && at - last.at < AT_LEAST_EVERY_MS && isSamePoint(last.value, value)) continue
        this.#written.set(key, { at, value })
        this.#waiting.push({ at, area: area.id, value })
      }
    }
    this.#waiting = this.#waiting.slice(-MOST_WAITING)
  }

  /** Writes for about `budgetMs` of what is waiting. */
  async advance(budgetMs: number): Promise<void> {
    const until = Date.now() + budgetMs
    while (this.#waiting.length > 0 && Date.now() < until) {
      const at = this.#waiting[0]!.at
      const points = this.#waiting.filter((point) => point.at === at).slice(0, ROWS_PER_STATEMENT)
      await this.#write(at, points)
      this.#waiting = this.#waiting.slice(points.length)
    }
  }

  get waiting(): number {
    return this.#waiting.length
  }

  async #write(at: number, points: readonly Point[]): Promise<void> {
    const column = <T>(of: (value: IndicatorValue) => T) => points.map((point) => of(point.value))
    await this.#database.query(SAVE, [
      new Date(at),
      column((value) => value.indicator),
      column((value) => value.period),
      points.map((point) => point.area),
      column((value) => value.numerator),
      column((value) => value.denominator),
      column((value) => value.value),
      column((value) => value.status),
      column((value) => value.coverage.reporting),
      column((value) => value.coverage.expected),
    ])
  }
}

function isSamePoint(a: IndicatorValue, b: IndicatorValue): boolean {
  return (
    a.value === b.value &&
    a.status === b.status &&
    a.coverage.reporting === b.coverage.reporting &&
    a.coverage.expected === b.coverage.expected
  )
}
