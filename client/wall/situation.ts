import type { IndicatorDefinition, IndicatorValue } from '../../shared/contract/indicator.ts'
import type { SystemState } from '../../shared/contract/live.ts'
import { type Freshness, freshnessOf } from '../lib/freshness.ts'

/** What holds for the whole screen at a moment of the shown clock, and what the freshness of a value depends on. */
export interface Situation {
  /** Milliseconds of the shown clock. */
  shown: number
  linkLostSince: number | undefined
  system: SystemState | undefined
}

const FRESH: Freshness = { level: 'fresh', cause: null, age: 0 }

export function freshnessIn(
  situation: Situation,
  value: IndicatorValue | undefined,
  definition: IndicatorDefinition | undefined,
): Freshness {
  const { system } = situation
  if (value === undefined || definition === undefined || system === undefined) return FRESH
  return freshnessOf({
    now: situation.shown,
    speed: system.clock.speed,
    linkLostSince: situation.linkLostSince,
    databaseReachable: system.databaseReachable,
    newestDataAt: system.newestDataAt === null ? undefined : Date.parse(system.newestDataAt),
    refreshSeconds: definition.refreshSeconds,
    value,
  })
}
