import { memo, useMemo } from 'react'
import type { Area } from '../../shared/contract/area.ts'
import type { IndicatorDefinition, Period } from '../../shared/contract/indicator.ts'
import type { LiveScreen } from '../../shared/domain/live-screen.ts'
import { areaName } from '../lib/area-name.ts'
import { useReader } from '../lib/reader.tsx'
import { PROVINCE } from '../lib/settings.ts'
import { severityMarks, staleMark } from '../lib/severity.ts'
import { Shape } from '../ui/shape.tsx'
import { StatusMark } from '../ui/status-mark.tsx'
import { TileMap } from '../ui/tile-map.tsx'
import { legendSteps, legendTitle, mapCells } from './map-model.ts'

interface AreaMapProps {
  screen: LiveScreen | undefined
  areas: readonly Area[]
  definition: IndicatorDefinition | undefined
  period: Period
  stale: boolean
}

/** The areas below the watched one, each tile where the area lies, coloured by one indicator. */
export const AreaMap = memo(function AreaMap({ screen, areas, definition, period, stale }: AreaMapProps) {
  const reader = useReader()
  const { words } = reader
  const { cells, left } = useMemo(
    () =>
      definition === undefined ? { cells: [], left: 0 } : mapCells(screen, areas, definition, period, reader),
    [screen, areas, definition, period, reader],
  )
  const area = areas.find((one) => one.code === screen?.area)
  const title =
    area === undefined || area.code === PROVINCE ? words.map.title : areaName(area, reader.language)
  return (
    <section className="panel panel-map" aria-label={title} data-stale={stale}>
      <TileMap cells={cells}>
        <h2 className="map-title">{title}</h2>
        {definition === undefined ? null : (
          <div className="legend">
            <p className="legend-title">{legendTitle(definition, reader)}</p>
            <p className="legend-period">{words.period[period]}</p>
            <ul className="legend-steps">
              {legendSteps(definition, reader).map(({ step, text }) => (
                <li key={step}>
                  <span className={`swatch ramp-${step}`} />
                  <span className="number">{text}</span>
                </li>
              ))}
              <li>
                <span className="swatch swatch-none">
                  <Shape mark={staleMark} />
                </span>
                {words.map.noData}
              </li>
            </ul>
          </div>
        )}
        <div className="legend-signs">
          <StatusMark mark={severityMarks.warning} word={words.status.warning} />
          <StatusMark mark={severityMarks.critical} word={words.status.critical} />
          {left > 0 ? <p>{words.map.more(left)}</p> : null}
        </div>
      </TileMap>
    </section>
  )
})
