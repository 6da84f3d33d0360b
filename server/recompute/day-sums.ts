import type { Sum } from '../../shared/domain/ratio.ts'

/** Sums of one day by `sumKey`. A sum that is absent is 0 / 0. */
export type DaySums = Map<string, Sum>

export function sumKey(indicator: string, period: string, school: number): string {
  return `${indicator} ${period} ${school}`
}

export interface Difference {
  indicator: string
  period: string
  school: number
  stored: Sum
  recomputed: Sum
}

export interface IndicatorSummary {
  indicator: string
  /** Sums compared: schools times periods. */
  compared: number
  numerator: number
  denominator: number
  differences: number
}

export interface Comparison {
  summaries: IndicatorSummary[]
  differences: Difference[]
  /** Schools whose rolls or status changed while the day was read; not judged. */
  leftOut: number
}

const NONE: Sum = { numerator: 0, denominator: 0 }
/** Sums of floating-point numbers depend on the order of adding in their last digits. */
const RELATIVE_TOLERANCE = 1e-6

/** Compares what is stored with what was recomputed; `indicators` says which, and in which order. */
export function compareSums(stored: DaySums, recomputed: DaySums, indicators: readonly string[]): Comparison {
  const summaries = new Map(
    indicators.map((indicator) => [
      indicator,
      { indicator, compared: 0, numerator: 0, denominator: 0, differences: 0 },
    ]),
  )
  const differences: Difference[] = []
  for (const key of new Set([...stored.keys(), ...recomputed.keys()])) {
    const [indicator, period, school] = key.split(' ') as [string, string, string]
    const summary = summaries.get(indicator)
    if (!summary) continue
    const [there, fresh] = [stored.get(key) ?? NONE, recomputed.get(key) ?? NONE]
    summary.compared += 1
    summary.numerator += fresh.numerator
    summary.denominator += fresh.denominator
    if (isSame(there, fresh)) continue
    summary.differences += 1
    differences.push({ indicator, period, school: Number(school), stored: there, recomputed: fresh })
  }
  return { summaries: [...summaries.values()], differences, leftOut: 0 }
}

function isSame(a: Sum, b: Sum): boolean {
  // Without a denominator nothing applies, whatever the numerator is.
  if (a.denominator === 0 && b.denominator === 0) return true
  return isNear(a.numerator, b.numerator) && isNear(a.denominator, b.denominator)
}

function isNear(a: number, b: number): boolean {
  return Math.abs(a - b) <= RELATIVE_TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b))
}
