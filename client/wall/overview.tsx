import { useMemo } from 'react'
import type { Period } from '../../shared/contract/indicator.ts'
import type { LiveScreen } from '../../shared/domain/live-screen.ts'
import { screenKey } from '../../shared/domain/live-screen.ts'
import { dayOf } from '../../shared/domain/time.ts'
import { areaName } from '../lib/area-name.ts'
import { useReader } from '../lib/reader.tsx'
import { PROVINCE } from '../lib/settings.ts'
import type { Moments } from '../live/use-live.ts'
import { AreaMap } from './area-map.tsx'
import { Attendance } from './attendance.tsx'
import { Environment } from './environment.tsx'
import { Events } from './events.tsx'
import { KpiTile } from './kpi-tile.tsx'
import { KPI_TILES, KPI_TILES_HALF } from './overview-list.ts'
import { currentSession, shownPeriod } from './session.ts'
import { freshnessIn, type Situation } from './situation.ts'
import { useAreas, useDefinitions } from './use-reference.ts'

interface OverviewProps {
  screen: LiveScreen | undefined
  moments: Moments
  area: string
  mapIndicator: string
  density: 'full' | 'half'
}

/** Scene S1: the province at a glance. */
export function Overview({ screen, moments, area, mapIndicator, density }: OverviewProps) {
  const { words, language } = useReader()
  const definitions = useDefinitions(area)
  const areas = useAreas()
  const areaNames = useMemo(
    () => new Map(areas.map((one) => [one.code, areaName(one, language)])),
    [areas, language],
  )
  const values = screen?.areas.get(area)
  const session = currentSession(moments.shown, values)
  const { shown, lostSince } = moments
  const system = screen?.system
  const situation = useMemo<Situation>(
    () => ({ shown, linkLostSince: lostSince, system }),
    [shown, lostSince, system],
  )
  const isStale = (id: string, period: Period) =>
    freshnessIn(situation, values?.get(screenKey(id, period)), definitions.get(id)).level === 'stale'
  const mapDefinition = definitions.get(mapIndicator)
  const mapPeriod = mapDefinition === undefined ? session : shownPeriod(mapDefinition, session)
  const place = (area === PROVINCE ? undefined : areaNames.get(area)) ?? words.overview.province
  const tiles = density === 'half' ? KPI_TILES.slice(0, KPI_TILES_HALF) : KPI_TILES
  return (
    <main className="overview" aria-label={words.overview.label}>
      <section className="kpis" aria-label={place}>
        <header className="kpis-head">
          <h2>
            {place}, {words.period[session]}
          </h2>
          <span className="kpis-note">{words.overview.againstLastWeek}</span>
          {density === 'half' ? <span className="kpis-note">{words.strip.aggregates}</span> : null}
        </header>
        <div className="kpi-grid">
          {tiles.map((id) => {
            const definition = definitions.get(id)
            const period = definition === undefined ? session : shownPeriod(definition, session)
            const value = values?.get(screenKey(id, period))
            return (
              <KpiTile
                key={id}
                id={id}
                area={area}
                value={value}
                definition={definition}
                situation={situation}
              />
            )
          })}
        </div>
      </section>
      {density === 'half' ? null : (
        <>
          <AreaMap
            screen={screen}
            areas={areas}
            definition={mapDefinition}
            period={mapPeriod}
            stale={isStale(mapIndicator, mapPeriod)}
          />
          <Attendance values={values} stale={isStale('attendance-rate', session)} />
          <Events
            events={screen?.events ?? NO_EVENTS}
            definitions={definitions}
            areaNames={areaNames}
            today={dayOf(shown)}
          />
        </>
      )}
      <Environment values={values} definitions={definitions} situation={situation} />
    </main>
  )
}

const NO_EVENTS: LiveScreen['events'] = []
