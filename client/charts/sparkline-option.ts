import type { IndicatorPoint } from '../../shared/contract/indicator.ts'
import type { ChartOption } from './chart.tsx'

export interface Sparkline {
  /** Oldest first. */
  trail: readonly IndicatorPoint[]
  /** First and last moment of the axis, in milliseconds: the same for all sparklines of a screen. */
  from: number
  to: number
  /** Limits of the indicator; they say how large a movement has to be to matter. */
  warning: number
  critical: number
  unit: string
}

/** A line of today's values with a dot at its end. It has no axes: the figure beside it is its scale. */
export function sparklineOption({ trail, from, to, warning, critical, unit }: Sparkline): ChartOption {
  const points = trail.map((point): [number, number | null] => [Date.parse(point.at), point.value])
  const { low, high } = sparklineRange(
    points.map(([, value]) => value),
    { warning, critical, unit },
  )
  const last = points.findLast(([, value]) => value !== null)
  return ({ palette, fontPx }) => ({
    animation: false,
    grid: { left: fontPx * 0.1, right: fontPx * 0.3, top: fontPx * 0.25, bottom: fontPx * 0.25 },
    xAxis: { type: 'value', min: from, max: to, show: false },
    yAxis: { type: 'value', min: low, max: high, show: false },
    series: [
      {
        name: 'line',
        type: 'line',
        data: points,
        showSymbol: false,
        silent: true,
        lineStyle: { color: palette.line, width: fontPx * 0.11 },
        areaStyle: { color: palette.line, opacity: 0.14, origin: 'start' },
      },
      {
        name: 'end',
        type: 'line',
        data: last === undefined ? [] : [last],
        symbol: 'circle',
        symbolSize: fontPx * 0.42,
        silent: true,
        itemStyle: { color: palette.text },
      },
    ],
  })
}

/**
 * Range of the vertical axis: all values, but never less than half of the way between the two limits, so
 * that noise is not drawn as an event. A share never runs outside 0 to 100.
 */
export function sparklineRange(
  values: readonly (number | null)[],
  { warning, critical, unit }: Pick<Sparkline, 'warning' | 'critical' | 'unit'>,
): { low: number; high: number } {
  const known = values.filter((value) => value !== null)
  const least = Math.max(Math.abs(warning - critical) / 2, 1)
  let low = known.length === 0 ? 0 : Math.min(...known)
  let high = known.length === 0 ? least : Math.max(...known)
  const missing = least - (high - low)
  if (missing > 0) {
    low -= missing / 2
    high += missing / 2
  }
  if (unit === '%' && high > 100) {
    low -= high - 100
    high = 100
  }
  if (low < 0) {
    high -= low
    low = 0
  }
  return { low, high: unit === '%' ? Math.min(100, high) : high }
}
