import type { IndicatorDefinition } from '../../shared/contract/indicator.ts'

/** Steps of the map's one-hue ramp, from little to much. */
export const RAMP_STEPS = 5

/** What of an indicator decides where its steps lie. */
export type RampLimits = Pick<IndicatorDefinition, 'unit' | 'better' | 'warning' | 'critical'>

/**
 * Where one step of the ramp ends and the next begins, ascending. The limits of the indicator are always among
 * them, so that a change of status is never hidden inside a step; the good side is divided into three.
 */
export function rampBreaks({ unit, better, warning, critical }: RampLimits): number[] {
  if (unit === 'level') return [1, 2, 3]
  if (better === 'higher') {
    const rest = (100 - warning) / 3
    return [critical, warning, warning + rest, warning + 2 * rest].map(tenths)
  }
  if (unit === '%') return [warning / 3, (2 * warning) / 3, warning, critical].map(tenths)
  const middle = Math.round(Math.sqrt(warning * critical))
  return [...new Set([warning, middle, critical, critical * 2])].sort((a, b) => a - b)
}

/** The step of a value, from 0. Fewer breaks use the outer steps of the ramp first, so that contrast stays large. */
export function rampStep(value: number, breaks: readonly number[]): number {
  const bin = breaks.filter((limit) => value >= limit).length
  return Math.round((bin * (RAMP_STEPS - 1)) / breaks.length)
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10
}
