import type { IndicatorDefinition } from '../../shared/contract/indicator.ts'
import { screenKey } from '../../shared/domain/live-screen.ts'
import { useReader } from '../lib/reader.tsx'
import { valueView } from '../lib/value-view.ts'
import { ValueTile } from '../ui/value-tile.tsx'
import { ENVIRONMENT_TILES } from './overview-list.ts'
import type { AreaValues } from './session.ts'
import { freshnessIn, type Situation } from './situation.ts'

interface EnvironmentProps {
  values: AreaValues | undefined
  definitions: ReadonlyMap<string, IndicatorDefinition>
  situation: Situation
}

/** Water and air: what may turn into an emergency within the hour. */
export function Environment({ values, definitions, situation }: EnvironmentProps) {
  const reader = useReader()
  return (
    <section className="environment" aria-label={reader.words.overview.environment}>
      {ENVIRONMENT_TILES.map((id) => {
        const value = values?.get(screenKey(id, 'now'))
        const definition = definitions.get(id)
        const freshness = freshnessIn(situation, value, definition)
        const { shown } = situation
        const view = valueView({ id, value, definition, freshness, shown, room: 'narrow' }, reader)
        return <ValueTile key={id} id={id} view={view} />
      })}
    </section>
  )
}
