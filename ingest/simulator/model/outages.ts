import { dayOf, MINUTE_MS, momentOf } from '../../../shared/domain/time.ts'
import type { SimDevice, SimSchool } from '../province/school.ts'
import { between, chance, keyOf } from '../random.ts'
import { ownDelay, type Scenario } from '../scenario.ts'
import { type Span, spanAt } from './span.ts'
import { dayKey } from './weather.ts'

const [POWER, LINK, STORM] = ['power cut', 'link loss', 'storm power'].map(keyOf) as [number, number, number]

const POWER_CUTS_A_DAY = 0.015
const LINK_LOSSES_A_DAY = 0.025
const STORM_POWER_SHARE = 0.4
/** A gateway goes on this long from its battery. */
const BATTERY_MS = 10 * MINUTE_MS

/** Losses of the Internet link of a school on a day; what is measured meanwhile is sent when it is back. */
export function linkLosses(school: SimSchool, day: string): Span[] {
  const key = [school.key, dayKey(day), LINK] as const
  if (!chance(LINK_LOSSES_A_DAY, ...key)) return []
  return [dayTimeSpan(day, 5, 60, key)]
}

/** Power cuts of a school on a day, by chance and by the scenarios that reach it. */
export function powerCuts(school: SimSchool, day: string, scenarios: readonly Scenario[]): Span[] {
  const key = [school.key, dayKey(day), POWER] as const
  const cuts = chance(POWER_CUTS_A_DAY, ...key) ? [dayTimeSpan(day, 10, 90, key)] : []
  for (const scenario of scenarios) {
    const duration = scenario.endsAt - scenario.startsAt
    const delay = (within: number) => ownDelay(scenario, school.key, within)
    if (scenario.name === 'powercut') {
      cuts.push({ from: scenario.startsAt + delay(15_000), to: scenario.endsAt + delay(30_000) })
    } else if (
      scenario.name === 'storm' &&
      chance(STORM_POWER_SHARE, school.key, keyOf(scenario.id), STORM)
    ) {
      cuts.push({ from: scenario.startsAt + delay(duration / 2), to: scenario.endsAt + delay(3 * MINUTE_MS) })
    }
  }
  return cuts
}

/** Between 06:00 and 16:00, so that no outage crosses midnight. */
function dayTimeSpan(day: string, shortest: number, longest: number, key: readonly number[]): Span {
  const from = Math.floor(momentOf(day, '06:00') + between(0, 600, ...key, 1) * MINUTE_MS)
  return { from, to: Math.floor(from + between(shortest, longest, ...key, 2) * MINUTE_MS) }
}

/** What keeps devices of a school from measuring or sending on a day. */
export interface Outages {
  cuts: readonly Span[]
  losses: readonly Span[]
}

export function outagesOf(school: SimSchool, moment: number, scenarios: readonly Scenario[]): Outages {
  const day = dayOf(moment)
  return { cuts: powerCuts(school, day, scenarios), losses: linkLosses(school, day) }
}

/**
 * Whether a device measures at a moment. Room sensors hang on the mains; the others live as long as the gateway's
 * battery, which in a short scenario is shortened too, so that its silence can be seen.
 */
export function measures(device: SimDevice, outages: Outages, moment: number): boolean {
  const cut = spanAt(outages.cuts, moment)
  if (cut === undefined) return true
  if (device.kind === 'room') return false
  return moment - cut.from < Math.min(BATTERY_MS, (cut.to - cut.from) / 3)
}

/** Whether what a device measures at a moment reaches the broker at once. */
export function isOnline(device: SimDevice, outages: Outages, moment: number): boolean {
  return measures(device, outages, moment) && spanAt(outages.losses, moment) === undefined
}
