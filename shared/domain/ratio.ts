import type { IndicatorStatus } from '../contract/indicator.ts'

/** What one school contributes to an indicator in one period. A denominator of 0 contributes nothing. */
export interface Sum {
  numerator: number
  denominator: number
}

export const NOTHING: Sum = { numerator: 0, denominator: 0 }

export type Combine = 'ratio' | 'count' | 'max'

/** Sums of an area from sums of its schools: ratio of sums, never a mean of ratios. */
export function combineSums(how: Combine, sums: Iterable<Sum>): Sum {
  let numerator = 0
  let denominator = 0
  for (const sum of sums) {
    if (sum.denominator === 0) continue
    if (how === 'max') {
      numerator = denominator === 0 ? sum.numerator : Math.max(numerator, sum.numerator)
      denominator = 1
    } else {
      numerator += sum.numerator
      denominator += sum.denominator
    }
  }
  return { numerator, denominator }
}

/** The value shown: percent for ratios, the plain number for counts and maxima, null where nothing applies. */
export function shownValue(how: Combine, sum: Sum): number | null {
  if (sum.denominator === 0) return null
  return how === 'ratio' ? (100 * sum.numerator) / sum.denominator : sum.numerator
}

/** Smallest group and smallest count of pupils that may be shown (domain facts, section 6, proposal c). */
export const SMALLEST_GROUP = 10
export const SMALLEST_COUNT = 5

/** Whether showing a count of pupils, or its complement, would point at a few children. */
export function isSmallCell(sum: Sum): boolean {
  const rest = sum.denominator - sum.numerator
  const few = (count: number) => count > 0 && count < SMALLEST_COUNT
  return sum.denominator > 0 && (sum.denominator < SMALLEST_GROUP || few(sum.numerator) || few(rest))
}

/** Under this share of expected schools a value has no colour; under the next it is drawn hatched. */
export const COVERAGE_FOR_STATUS = 0.5
export const COVERAGE_FOR_PLAIN = 0.8

export interface Limits {
  better: 'higher' | 'lower'
  warning: number
  critical: number
}

/**
 * The status of a value. Limits themselves still pass: "under 97" warns below 97, not at it; where lower is
 * better and the limit is a whole count or level ("1 or more"), the catalogue marks it `inclusive`.
 */
export function statusOf(
  value: number | null,
  limits: Limits & { inclusive: boolean },
  coverage: { reporting: number; expected: number },
  suppressed: boolean,
): IndicatorStatus {
  if (coverage.expected === 0) return 'not_applicable'
  if (suppressed) return 'suppressed'
  if (value === null) return coverage.reporting === 0 ? 'insufficient' : 'not_applicable'
  if (coverage.reporting < coverage.expected * COVERAGE_FOR_STATUS) return 'insufficient'
  const beyond = (limit: number) => {
    if (limits.inclusive && value === limit) return true
    return limits.better === 'higher' ? value < limit : value > limit
  }
  if (beyond(limits.critical)) return 'critical'
  return beyond(limits.warning) ? 'warning' : 'ok'
}
