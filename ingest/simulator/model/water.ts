import type { SimDevice, SimSchool } from '../province/school.ts'
import { between, keyOf, mix, smoothNoise } from '../random.ts'
import { type Scenario, strongest } from '../scenario.ts'
import { isRainy } from './weather.ts'

const [RIVER, YARD, PUDDLE] = ['river', 'yard depth', 'puddle'].map(keyOf) as [number, number, number]

/** Usual level and level at the height of a storm (over BĐ3), metres, by station. */
const RIVERS: Record<string, { usual: number; storm: number }> = {
  'nam-dan': { usual: 3.1, storm: 8.2 },
  dua: { usual: 17.6, storm: 24.9 },
}
const DAY_MS = 86_400_000

/** Level of a river at its gauge, metres: slow, and up to flood in a storm. */
export function riverLevel(station: string, moment: number, scenarios: readonly Scenario[]): number {
  const river = RIVERS[station]
  if (river === undefined) return 0
  const key = mix(keyOf(station), RIVER)
  const tide =
    0.5 * smoothNoise(key, moment / (2 * DAY_MS)) + 0.08 * smoothNoise(mix(key, 1), moment / 3_600_000)
  const usual = river.usual + tide
  return usual + strongest(scenarios, 'storm', moment) * (river.storm - usual)
}

/** Water in a school yard, cm: dry or a puddle, and in a storm as deep as the place lies low. */
export function yardDepth(
  school: SimSchool,
  device: SimDevice,
  day: string,
  moment: number,
  scenarios: readonly Scenario[],
): number {
  const drift = smoothNoise(mix(device.key, PUDDLE), moment / 5_400_000)
  const puddle = isRainy(school, day) ? Math.max(0, 2 + 2 * drift) : 0
  const low = between(12, 65, device.key, YARD)
  return puddle + strongest(scenarios, 'storm', moment) * low
}
