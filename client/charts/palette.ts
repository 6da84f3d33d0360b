/** The colours of charts, as resolved values: a canvas does not know custom properties. */
export interface Palette {
  text: string
  label: string
  tick: string
  line: string
  grid: string
  panel: string
  /** At most four series, kept away from the hues of alarms. */
  series: readonly [string, string, string, string]
}

/** Reads the colours of the theme in force. */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element)
  const read = (name: string) => style.getPropertyValue(name).trim()
  return {
    text: read('--text'),
    label: read('--text-2'),
    tick: read('--text-3'),
    line: read('--spark'),
    grid: read('--grid'),
    panel: read('--panel'),
    series: [read('--series-1'), read('--series-2'), read('--series-3'), read('--series-4')],
  }
}
