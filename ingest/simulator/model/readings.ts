import type { CalendarEntry } from '../../../shared/domain/calendar.ts'
import { dayOf } from '../../../shared/domain/time.ts'
import type { SimDevice, SimSchool } from '../province/school.ts'
import { between, chance, keyOf, smoothNoise } from '../random.ts'
import type { Scenario } from '../scenario.ts'
import { type Outages, outagesOf } from './outages.ts'
import { type RoomStretch, roomCo2, roomDay, sensorNoise } from './room.ts'
import { schoolSessions } from './school-day.ts'
import { spanAt } from './span.ts'
import { riverLevel, yardDepth } from './water.ts'
import { clamp, daylight, outdoorDust, outdoorHumidity, outdoorTemperature } from './weather.ts'

const [VOLTAGE, SIGNAL, WINDOW, NOISY, PITCH] = ['voltage', 'signal', 'window', 'has noise', 'pitch'].map(
  keyOf,
) as [number, number, number, number, number]

/** Share of room sensors that measure noise too. */
const NOISE_SHARE = 0.3

/** What a device needs to know of its surroundings to say its values. */
export interface Surroundings {
  calendar: readonly CalendarEntry[]
  /** Those that reach the school. */
  scenarios: readonly Scenario[]
}

/** The values a device measures at a moment, by metric, rounded as its kind of sensor does. */
export function readingOf(
  school: SimSchool,
  device: SimDevice,
  moment: number,
  surroundings: Surroundings,
): Record<string, number> {
  const { scenarios } = surroundings
  switch (device.kind) {
    case 'gateway':
      return gateway(school, device, moment, outagesOf(school, moment, scenarios))
    case 'room':
      return room(school, device, moment, surroundings)
    case 'outdoor':
      return {
        temperature: round(
          outdoorTemperature(school, moment, scenarios) + 0.2 * sensorNoise(device, moment, 1),
          1,
        ),
        humidity: round(
          clamp(outdoorHumidity(school, moment, scenarios) + sensorNoise(device, moment, 2), 0, 100),
          1,
        ),
        pm25: round(Math.max(0, outdoorDust(school, moment) * (1 + 0.1 * sensorNoise(device, moment, 3))), 1),
      }
    case 'yard': {
      const depth = yardDepth(school, device, dayOf(moment), moment, scenarios)
      return { yard_depth: round(Math.max(0, depth + 0.2 * sensorNoise(device, moment, 1)), 1) }
    }
    case 'river': {
      const level = riverLevel(device.riverStation ?? '', moment, scenarios)
      return { river_level: round(level + 0.01 * sensorNoise(device, moment, 1), 2) }
    }
  }
}

function gateway(
  school: SimSchool,
  device: SimDevice,
  moment: number,
  outages: Outages,
): Record<string, number> {
  const on = spanAt(outages.cuts, moment) === undefined
  // Long lines in the mountains sag; everywhere the evening and the cooking hours pull the voltage down.
  const usual = school.terrain.endsWith('mountain') ? 215 : 222
  const voltage =
    usual + 6 * smoothNoise(device.key ^ VOLTAGE, moment / 3_600_000) + sensorNoise(device, moment, 1)
  const signal = between(-92, -62, device.key, SIGNAL) + 4 * sensorNoise(device, moment, 2)
  return { power: on ? 1 : 0, voltage: on ? round(voltage, 1) : 0, signal: Math.round(signal) }
}

function room(
  school: SimSchool,
  device: SimDevice,
  moment: number,
  { calendar, scenarios }: Surroundings,
): Record<string, number> {
  const day = dayOf(moment)
  const stretches = roomDay(school, device, day, schoolSessions(school, day, calendar), scenarios)
  const now = stretches.find((stretch) => stretch.from <= moment && moment < stretch.to)!
  const co2 = roomCo2(school, device, stretches, moment)
  // People warm and moisten the air as they raise its CO2.
  const used = Math.min(1, Math.max(0, co2 - 420) / 1000)
  const outdoors = outdoorTemperature(school, moment, scenarios)
  const values: Record<string, number> = {
    co2: Math.round(clamp(co2 * (1 + 0.02 * sensorNoise(device, moment, 1)), 380, 9_000)),
    temperature: round(outdoors + 0.8 + 2.4 * used + 0.3 * sensorNoise(device, moment, 2), 1),
    humidity: round(
      clamp(
        outdoorHumidity(school, moment, scenarios) - 5 + 4 * used + sensorNoise(device, moment, 3),
        15,
        99,
      ),
      1,
    ),
    light: Math.round(Math.max(0, lightOf(device, now, moment))),
  }
  if (chance(NOISE_SHARE, device.key, NOISY)) values['noise'] = round(noiseOf(device, now, moment), 1)
  return values
}

/** Daylight through the window, and lamps while there are lessons, lux. */
function lightOf(device: SimDevice, now: RoomStretch, moment: number): number {
  const window = between(350, 1100, device.key, WINDOW) * daylight(moment)
  const lamps = now.lesson ? between(240, 380, device.key, WINDOW, 1) : 0
  return (window + lamps) * (1 + 0.08 * sensorNoise(device, moment, 4))
}

/** Sound level, dB(A): a quiet room, a lesson, a break. */
function noiseOf(device: SimDevice, now: RoomStretch, moment: number): number {
  const level = now.people === 0 ? 34 : now.lesson ? between(55, 63, device.key, PITCH) : 68
  return level + 3 * sensorNoise(device, moment, 5)
}

function round(value: number, decimals: number): number {
  const scale = 10 ** decimals
  return Math.round(value * scale) / scale
}
