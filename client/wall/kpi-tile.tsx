import { useMemo } from 'react'
import type { IndicatorDefinition, IndicatorValue } from '../../shared/contract/indicator.ts'
import { DAY_MS, dayOf, momentOf, startOfDay } from '../../shared/domain/time.ts'
import { Chart } from '../charts/chart.tsx'
import { sparklineOption } from '../charts/sparkline-option.ts'
import { useReader } from '../lib/reader.tsx'
import { valueView } from '../lib/value-view.ts'
import { ValueTile } from '../ui/value-tile.tsx'
import { freshnessIn, type Situation } from './situation.ts'
import { useTrail } from './use-trail.ts'

interface KpiTileProps {
  id: string
  area: string
  value: IndicatorValue | undefined
  definition: IndicatorDefinition | undefined
  situation: Situation
}

/** One key figure with today's course. */
export function KpiTile({ id, area, value, definition, situation }: KpiTileProps) {
  const reader = useReader()
  const freshness = freshnessIn(situation, value, definition)
  const { shown } = situation
  const view = valueView({ id, value, definition, freshness, shown, room: 'wide' }, reader)
  const trail = useTrail({
    area,
    indicator: id,
    period: definition === undefined ? undefined : value?.period,
    shown,
    speed: situation.system?.clock.speed ?? 1,
  })
  const { from, to } = sparklineSpan(shown)
  const option = useMemo(() => {
    const limits = definition ?? { warning: 0, critical: 0, unit: '%' }
    return sparklineOption({ trail, from, to, ...pickLimits(limits) })
  }, [trail, from, to, definition])
  return (
    <ValueTile id={id} view={view}>
      <Chart option={option} label={`${view.name}: ${view.figure} ${view.unit}`} />
    </ValueTile>
  )
}

function pickLimits({ warning, critical, unit }: { warning: number; critical: number; unit: string }) {
  return { warning, critical, unit }
}

/** All sparklines run over the morning, after it over the school day, and outside of it over the whole day. */
function sparklineSpan(shown: number): { from: number; to: number } {
  const day = dayOf(shown)
  const [from, noon, evening] = [momentOf(day, '06:30'), momentOf(day, '12:00'), momentOf(day, '17:30')]
  if (shown < from || shown > evening) return { from: startOfDay(day), to: startOfDay(day) + DAY_MS }
  return { from, to: shown <= noon ? noon : evening }
}
