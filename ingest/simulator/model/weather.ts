import type { Terrain } from '../../../shared/contract/primitives.ts'
import { DAY_MS, minuteOfDay, PROVINCE_OFFSET_MS } from '../../../shared/domain/time.ts'
import type { SimSchool } from '../province/school.ts'
import { keyOf, mix, smoothNoise, uniform } from '../random.ts'
import { type Scenario, strongest } from '../scenario.ts'

const [WARMTH, RAIN, HOUR, DUST, MOIST] = ['warmth', 'rain', 'hour', 'dust', 'moist'].map(keyOf) as [
  number,
  number,
  number,
  number,
  number,
]

/** Mean temperature of each month on the plain, °C, rounded climate of Vinh. */
const MONTH_MEANS = [17.8, 18.7, 21, 24.8, 28.2, 30, 30, 29, 27.2, 24.8, 21.8, 18.9]
const COOLER: Record<Terrain, number> = {
  coastal: 0,
  plain: 0,
  midland: 0.3,
  mountain: 1.2,
  'high-mountain': 2.6,
}
const HEATWAVE = 38.5

/** Days since 1970 of a day of the province: the key of all chance about a day. */
export function dayKey(day: string): number {
  return Math.floor(Date.parse(`${day}T00:00:00Z`) / DAY_MS)
}

function daysOf(moment: number): number {
  return (moment + PROVINCE_OFFSET_MS) / DAY_MS
}

/** -1 in the coldest hour (05:00) to 1 in the warmest (14:00), as a day goes under a tropical sky. */
function dailyCurve(moment: number): number {
  return Math.cos(((minuteOfDay(moment) / 60 - 14) / 24) * 2 * Math.PI)
}

/** Daylight from 0 at night to 1 at noon. */
export function daylight(moment: number): number {
  return Math.max(0, Math.sin(((minuteOfDay(moment) / 60 - 5.75) / 12) * Math.PI))
}

/** Whether it rains in a former district on a day: more often in the storm season. */
export function isRainy(school: SimSchool, day: string): boolean {
  const month = Number(day.slice(5, 7))
  const share = month >= 8 && month <= 11 ? 0.4 : 0.22
  return uniform(keyOf(school.district), dayKey(day), RAIN) < share
}

/** Outdoor temperature at a school, °C. */
export function outdoorTemperature(
  school: SimSchool,
  moment: number,
  scenarios: readonly Scenario[],
): number {
  const date = new Date(moment + PROVINCE_OFFSET_MS)
  const month = date.getUTCMonth()
  const part = (date.getUTCDate() - 15) / 30
  const neighbour = MONTH_MEANS[(month + (part < 0 ? 11 : 1)) % 12]!
  const mean = MONTH_MEANS[month]! + (neighbour - MONTH_MEANS[month]!) * Math.abs(part)
  const spell = 2.2 * smoothNoise(WARMTH, daysOf(moment) / 3)
  const local = 0.6 * smoothNoise(mix(keyOf(school.district), HOUR), daysOf(moment) * 8)
  const usual = mean - COOLER[school.terrain] + 2.8 * dailyCurve(moment) + spell + local
  const heat = strongest(scenarios, 'heatwave', moment)
  return usual + heat * (HEATWAVE + 0.8 * dailyCurve(moment) - usual)
}

/** Outdoor relative humidity, %: high all year, lower in the warm hours. */
export function outdoorHumidity(school: SimSchool, moment: number, scenarios: readonly Scenario[]): number {
  const spell = 6 * smoothNoise(mix(MOIST, keyOf(school.district)), daysOf(moment) / 2)
  const storm = 8 * strongest(scenarios, 'storm', moment)
  const heat = 28 * strongest(scenarios, 'heatwave', moment)
  return clamp(82 - 8 * dailyCurve(moment) + spell + storm - heat, 35, 99)
}

/** PM2.5 outdoors, µg/m³: winter air and the hours of traffic, more in and around Vinh. */
export function outdoorDust(school: SimSchool, moment: number): number {
  const month = new Date(moment + PROVINCE_OFFSET_MS).getUTCMonth()
  const season = month >= 10 || month <= 2 ? 22 : 14
  const town = school.district === '412' ? 1.35 : school.terrain.endsWith('mountain') ? 0.7 : 1
  const hour = minuteOfDay(moment) / 60
  const traffic = 1 + 0.3 * Math.exp(-((hour - 7) ** 2) / 2) + 0.25 * Math.exp(-((hour - 18) ** 2) / 3)
  const drift = 1 + 0.35 * smoothNoise(mix(DUST, school.key), daysOf(moment) * 4)
  return Math.max(2, season * town * traffic * drift)
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value))
}
