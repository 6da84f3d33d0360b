import { BarChart, LineChart } from 'echarts/charts'
import { AriaComponent, GridComponent } from 'echarts/components'
import { type ECharts, type EChartsCoreOption, init, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import { type Palette, readPalette } from './palette.ts'

// Canvas, not SVG: a wall runs for weeks, and the leak of the SVG renderer (apache/echarts#19627) is still open.
use([LineChart, BarChart, GridComponent, AriaComponent, CanvasRenderer])

/** What an option needs to know of the place it is drawn in. */
export interface ChartPlace {
  palette: Palette
  /** Size of text on the chart, in pixels: the letter floor of the wall. */
  fontPx: number
}

export type ChartOption = (place: ChartPlace) => EChartsCoreOption

export interface ChartProps {
  option: ChartOption
  /** What the chart shows, for those who do not see it. */
  label: string
}

/** One instance for the life of the panel: new data are merged into it, and it is never drawn from scratch. */
export function Chart({ option, label }: ChartProps) {
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<ECharts>(undefined)
  const latest = useRef(option)

  useEffect(() => {
    const element = box.current!
    const instance = init(element)
    chart.current = instance
    // Reports once at the start, too, which is the first painting.
    const observer = new ResizeObserver(() => {
      instance.resize()
      paint(instance, element, latest.current)
    })
    observer.observe(element)
    return () => {
      observer.disconnect()
      instance.dispose()
      chart.current = undefined
    }
  }, [])

  useEffect(() => {
    latest.current = option
    if (chart.current) paint(chart.current, box.current!, option)
  }, [option])

  return <div ref={box} className="chart" role="img" aria-label={label} />
}

function paint(chart: ECharts, element: Element, option: ChartOption): void {
  const fontPx = Number.parseFloat(getComputedStyle(element).fontSize)
  chart.setOption(option({ palette: readPalette(element), fontPx }))
}
