import type { Coverage, IndicatorStatus, IndicatorValue } from '../../shared/contract/indicator.ts'
import { rollDeadline } from '../../shared/domain/calendar.ts'
import { isSmallCell, type Sum, shownValue, statusOf } from '../../shared/domain/ratio.ts'
import type { BoardKey, InclusiveLimits } from './catalogue.ts'

export interface ValueParts {
  sum: Sum
  coverage: Coverage
  /** The sum of the same period seven days earlier; undefined where the indicator has no such past. */
  previous: Sum | undefined
  /** Time of the newest record, in milliseconds; 0 when there is none. */
  dataAt: number
}

/** What is shown of an indicator: value, status and coverage, with small groups of pupils left out. */
export function indicatorValue(
  key: BoardKey,
  parts: ValueParts,
  limits: InclusiveLimits,
  day: string,
  now: number,
): IndicatorValue {
  const { sum, coverage, previous, dataAt } = parts
  const hides = (some: Sum) => key.entry.counts === 'pupils' && isSmallCell(some)
  const suppressed = hides(sum)
  const value = shownValue(key.entry.kind, sum)
  const status = statusOf(value, limits, coverage, suppressed)
  const isShown = status !== 'suppressed' && value !== null
  return {
    indicator: key.indicator,
    period: key.period,
    value: isShown ? value : null,
    numerator: isShown ? sum.numerator : null,
    denominator: isShown ? sum.denominator : null,
    status: beforeDue(key, status, day, now),
    coverage,
    previous: previous && !hides(previous) ? shownValue(key.entry.kind, previous) : null,
    dataAt: dataAt > 0 ? new Date(dataAt).toISOString() : null,
    computedAt: new Date(now).toISOString(),
  }
}

/** Rolls that are not due yet are not missing. */
function beforeDue(key: BoardKey, status: IndicatorStatus, day: string, now: number): IndicatorStatus {
  const { indicator, period } = key
  if (indicator !== 'roll-completeness' || (period !== 'morning' && period !== 'afternoon')) return status
  const judged = status === 'warning' || status === 'critical'
  return judged && now < rollDeadline(day, period) ? 'ok' : status
}

/** Whether somebody looking at `shown` would see anything else in `fresh`. */
export function isNews(shown: IndicatorValue, fresh: IndicatorValue, refreshSeconds: number): boolean {
  return (
    shown.value !== fresh.value ||
    shown.status !== fresh.status ||
    shown.numerator !== fresh.numerator ||
    shown.denominator !== fresh.denominator ||
    shown.coverage.reporting !== fresh.coverage.reporting ||
    shown.coverage.expected !== fresh.coverage.expected ||
    shown.previous !== fresh.previous ||
    hasAged(shown.dataAt, fresh.dataAt, refreshSeconds)
  )
}

/** The age of the data alone is news only once it has moved by a refresh, or every reading would be. */
function hasAged(shown: string | null, fresh: string | null, refreshSeconds: number): boolean {
  if (shown === fresh) return false
  if (shown === null || fresh === null) return true
  return Math.abs(Date.parse(fresh) - Date.parse(shown)) >= refreshSeconds * 1000
}
