import type { Area } from '../../shared/contract/area.ts'
import type { IndicatorDefinition, Period } from '../../shared/contract/indicator.ts'
import { type LiveScreen, screenKey } from '../../shared/domain/live-screen.ts'
import { rampBreaks, rampStep } from '../charts/ramp.ts'
import { areaName } from '../lib/area-name.ts'
import { figure, indicatorName } from '../lib/indicator-text.ts'
import type { Reader } from '../lib/reader.tsx'
import { statusMarks } from '../lib/severity.ts'
import { coverageLevel } from '../lib/value-view.ts'
import type { MapCell } from '../ui/tile-map.tsx'

export interface LegendStep {
  step: number
  text: string
}

export const MAP_COLUMNS = 6
export const MAP_ROWS = 6

/** The areas below the watched one, each where its tile lies; areas without tiles follow in order of name. */
export function mapCells(
  screen: LiveScreen | undefined,
  areas: readonly Area[],
  definition: IndicatorDefinition,
  period: Period,
  reader: Reader,
): { cells: MapCell[]; left: number } {
  const breaks = rampBreaks(definition)
  const collator = new Intl.Collator('vi')
  const children = areas
    .filter((area) => screen !== undefined && area.parent === screen.area)
    .sort((a, b) => collator.compare(a.nameVi, b.nameVi))
  const tiled = children.every((area) => area.tile !== null)
  const room = MAP_COLUMNS * MAP_ROWS
  const cells = children.slice(0, room).map((area, index): MapCell => {
    const value = screen?.areas.get(area.code)?.get(screenKey(definition.id, period))
    const known = value?.value ?? null
    const status = value?.status ?? 'insufficient'
    const abnormal = status === 'warning' || status === 'critical'
    return {
      code: area.code,
      name: areaName(area, reader.language),
      row: tiled ? area.tile!.row : Math.floor(index / MAP_COLUMNS),
      col: tiled ? area.tile!.col : index % MAP_COLUMNS,
      figure: figure(known, definition.unit, reader),
      step: known === null ? undefined : rampStep(known, breaks),
      mark: abnormal ? statusMarks[status] : undefined,
      statusWord: reader.words.status[status],
      coverageLevel: value === undefined ? 'full' : coverageLevel(value),
    }
  })
  return { cells, left: children.length - cells.length }
}

/** The steps of the ramp with their ranges, from much to little. */
export function legendSteps(definition: IndicatorDefinition, reader: Reader): LegendStep[] {
  const breaks = rampBreaks(definition)
  const { map } = reader.words
  const text = (limit: number) => reader.formats.count(limit, 1)
  const steps: LegendStep[] = breaks.map((limit, index) => {
    const next = breaks[index + 1]
    return {
      step: rampStep(limit, breaks),
      text: next === undefined ? map.legendOver(text(limit)) : map.legendBetween(text(limit), text(next)),
    }
  })
  const lowest = breaks[0]!
  steps.unshift({ step: rampStep(lowest - 1e-9, breaks), text: map.legendUnder(text(lowest)) })
  return steps.reverse()
}

/** What the legend is of, `Chuyên cần (%)`. */
export function legendTitle(definition: IndicatorDefinition, reader: Reader): string {
  const unit = reader.words.unit[definition.unit]
  return `${indicatorName(definition.id, definition, reader)}, ${unit}`
}
