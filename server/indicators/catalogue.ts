import type { IndicatorDefinition, Period } from '../../shared/contract/indicator.ts'
import type { SchoolLevel } from '../../shared/contract/primitives.ts'
import { type IndicatorEntry, indicatorsData } from '../../shared/db/reference.ts'
import { isValidOn } from '../../shared/domain/area-tree.ts'
import type { Limits } from '../../shared/domain/ratio.ts'
import type { Threshold } from './registry.ts'

/** What sums are stored under; an instant has no history of its own, its day is stored instead. */
export type StoredPeriod = Exclude<Period, 'now'>

/** One indicator in one period: a column of the board. */
export interface BoardKey {
  index: number
  indicator: string
  period: Period
  entry: IndicatorEntry
}

export class Catalogue {
  readonly entries: readonly IndicatorEntry[]
  readonly keys: readonly BoardKey[]
  readonly #byName: ReadonlyMap<string, BoardKey>

  constructor(entries: readonly IndicatorEntry[] = indicatorsData()) {
    this.entries = entries
    const keys = entries.flatMap((entry) => entry.periods.map((period) => ({ period, entry })))
    this.keys = keys.map(({ period, entry }, index) => ({ index, indicator: entry.id, period, entry }))
    this.#byName = new Map(this.keys.map((key) => [`${key.indicator}:${key.period}`, key]))
  }

  /** @throws Error when the catalogue has no such indicator or the indicator no such period. */
  key(indicator: string, period: Period): BoardKey {
    const key = this.#byName.get(`${indicator}:${period}`)
    if (!key) throw new Error(`the indicator catalogue has no ${indicator} for ${period}`)
    return key
  }
}

export type InclusiveLimits = Limits & { inclusive: boolean }

/** The limits of a day, from the table threshold; the catalogue's own where the table has none. */
export class DayLimits {
  readonly #thresholds: readonly Threshold[]

  constructor(thresholds: readonly Threshold[], day: string) {
    this.#thresholds = thresholds.filter((threshold) => isValidOn(threshold, day))
  }

  /** For areas (level null), or for schools of a level: theirs where there are, else those of all levels. */
  of(entry: IndicatorEntry, level: SchoolLevel | null): InclusiveLimits {
    const found = (level && this.#find(entry.id, level)) || this.#find(entry.id, null) || entry
    return {
      better: entry.better,
      inclusive: entry.inclusive,
      warning: found.warning,
      critical: found.critical,
    }
  }

  definitions(entries: readonly IndicatorEntry[]): IndicatorDefinition[] {
    return entries.map(({ inclusive: _inclusive, family: _family, ...definition }) => {
      const found = this.#find(definition.id, null)
      if (!found) return definition
      return { ...definition, warning: found.warning, critical: found.critical, source: found.source }
    })
  }

  /** Where several are valid, the youngest counts. */
  #find(indicator: string, level: SchoolLevel | null): Threshold | undefined {
    return this.#thresholds
      .filter((threshold) => threshold.indicator === indicator && threshold.schoolLevel === level)
      .reduce<Threshold | undefined>(
        (best, threshold) => (best && best.validFrom > threshold.validFrom ? best : threshold),
        undefined,
      )
  }
}
