import type { ChartOption } from './chart.tsx'

/** Shares of the enrolled pupils of one session, in percent. null: nothing known yet. */
export interface SessionShares {
  name: string
  late: number | null
  excused: number | null
  unexcused: number | null
}

export interface AttendanceBars {
  sessions: readonly SessionShares[]
  names: { late: string; excused: string; unexcused: string }
  format: (value: number) => string
}

/** Ends of the axis, in percent. It grows in steps, so that the bars do not seem to shrink while they fill. */
const AXIS_ENDS = [5, 10, 20, 50, 100]

export function axisEnd(sessions: readonly SessionShares[]): number {
  const longest = Math.max(
    0,
    ...sessions.map((one) => (one.late ?? 0) + (one.excused ?? 0) + (one.unexcused ?? 0)),
  )
  return AXIS_ENDS.find((end) => end >= longest) ?? 100
}

/**
 * Stacked bars of those who were not there on time. The present are nine in ten and more: drawn to the same
 * scale they would leave nothing to see of the rest, so they stand beside the bars as figures.
 */
export function attendanceOption({ sessions, names, format }: AttendanceBars): ChartOption {
  const end = axisEnd(sessions)
  const parts = ['late', 'excused', 'unexcused'] as const
  return ({ palette, fontPx }) => ({
    animation: false,
    aria: {
      enabled: true,
      label: { enabled: false },
      decal: { show: true, decals: decals(palette.panel, fontPx) },
    },
    grid: { left: fontPx * 3.4, right: fontPx * 1.7, top: fontPx * 0.2, bottom: fontPx * 1.9 },
    yAxis: {
      type: 'category',
      inverse: true,
      data: sessions.map((session) => session.name),
      axisLabel: { color: palette.label, fontSize: fontPx, fontFamily: FONT, margin: fontPx * 0.5 },
      axisTick: { show: false },
      axisLine: { lineStyle: { color: palette.grid, width: fontPx * 0.07 } },
    },
    xAxis: {
      type: 'value',
      min: 0,
      max: end,
      interval: end / 5,
      axisLabel: {
        color: palette.tick,
        fontSize: fontPx,
        fontFamily: FONT,
        margin: fontPx * 0.4,
        showMaxLabel: true,
        formatter: (value: number) => (value === end ? `${format(value)} %` : format(value)),
      },
      splitLine: { lineStyle: { color: palette.grid, width: fontPx * 0.05 } },
    },
    series: parts.map((part, index) => ({
      name: names[part],
      type: 'bar',
      stack: 'session',
      silent: true,
      barWidth: '58%',
      data: sessions.map((session) => session[part]),
      itemStyle: { color: palette.series[index] },
    })),
  })
}

/** The family of figures on charts: its digits are of equal width, and a canvas cannot ask for such digits. */
const FONT = "'IBM Plex Sans', sans-serif"

/** Plain, slanted, crossed: the parts are told without their colour. */
function decals(ink: string, fontPx: number) {
  const line = fontPx * 0.14
  return [
    { symbol: 'none' },
    { color: ink, dashArrayX: [1, 0], dashArrayY: [line, line * 3], rotation: -Math.PI / 4 },
    { color: ink, symbol: 'rect', dashArrayX: [line, line * 3], dashArrayY: [line, line * 3], rotation: 0 },
  ]
}
