import { z } from 'zod'
import { AreaCode } from '../../shared/contract/primitives.ts'
import { areasData } from '../../shared/db/reference.ts'
import { MINUTE_MS } from '../../shared/domain/time.ts'
import type { SimSchool } from './province/school.ts'
import { keyOf, uniform } from './random.ts'

export const ScenarioName = z.enum(['storm', 'heatwave', 'outbreak', 'powercut', 'rollmissing'])
export type ScenarioName = z.infer<typeof ScenarioName>

/** What each scenario does, for the person who starts it. */
export const SCENARIO_HELP: Record<ScenarioName, string> = {
  storm: 'schools close, water rises in yards and rivers, power fails',
  heatwave: 'outdoors and classrooms go above 35 °C',
  outbreak: 'four times as many pupils stay away with an excuse',
  powercut: 'mains fail: gateways report it, then fall silent',
  rollmissing: 'no rolls come in; they follow when it is over',
}

/** Something out of the ordinary in an area, between two moments of the simulated clock (milliseconds). */
export interface Scenario {
  id: string
  name: ScenarioName
  area: string
  startsAt: number
  endsAt: number
}

/** Request to the running simulator. */
export const ScenarioRequest = z.strictObject({
  name: ScenarioName,
  area: AreaCode,
  minutes: z.number().min(1).max(1440),
})
export type ScenarioRequest = z.infer<typeof ScenarioRequest>

/** The area of a code in words; undefined when there is none. Former districts, communes and the province count. */
export function areaName(code: string): string | undefined {
  const { province, districts, communes } = areasData()
  return [province, ...districts, ...communes].find((area) => area.code === code)?.fullNameVi
}

const PROVINCE = '40'

export function reaches(scenario: Scenario, school: SimSchool): boolean {
  return [PROVINCE, school.district, school.commune].includes(scenario.area)
}

/** After-effects are gone this long after the end: water runs off and heat fades by exponential decay. */
export const AFTER_EFFECTS_MS = 90 * MINUTE_MS
const RECOVERY_MS = 8 * MINUTE_MS

/** How much of a scenario's physical effect is there at a moment, 0 to 1: it builds up, holds, and fades after. */
export function strengthAt(scenario: Scenario, moment: number): number {
  if (moment <= scenario.startsAt) return 0
  const buildUp = Math.max(MINUTE_MS, (scenario.endsAt - scenario.startsAt) / 6)
  const built = 1 - Math.exp(-(Math.min(moment, scenario.endsAt) - scenario.startsAt) / buildUp)
  return moment <= scenario.endsAt ? built : built * Math.exp(-(moment - scenario.endsAt) / RECOVERY_MS)
}

/** The strongest effect of one kind among the scenarios that reach a place. */
export function strongest(scenarios: readonly Scenario[], name: ScenarioName, moment: number): number {
  let most = 0
  for (const scenario of scenarios) {
    if (scenario.name === name) most = Math.max(most, strengthAt(scenario, moment))
  }
  return most
}

const SPREAD = keyOf('scenario spread')

/** People and schools do not act in the same second: a delay of their own for each, up to `withinMs`. */
export function ownDelay(scenario: Scenario, key: number, withinMs: number): number {
  return Math.floor(withinMs * uniform(keyOf(scenario.id), key, SPREAD))
}
