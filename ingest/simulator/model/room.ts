import type { SchoolLevel } from '../../../shared/contract/primitives.ts'
import type { ScheduledSession } from '../../../shared/domain/calendar.ts'
import { DAY_MS, dayOf, MINUTE_MS, startOfDay } from '../../../shared/domain/time.ts'
import type { SimDevice, SimSchool } from '../province/school.ts'
import { between, keyOf, mix, normal, smoothNoise } from '../random.ts'
import type { Scenario } from '../scenario.ts'
import { rollCounts } from './attendance.ts'
import { closingSpan, ownClosure } from './school-day.ts'
import { clamp, dayKey, outdoorTemperature } from './weather.ts'

const [VOLUME, AIR, AIR_OF_DAY, OUTSIDE, SENSOR] = ['volume', 'air', 'air of day', 'outside', 'sensor'].map(
  keyOf,
) as [number, number, number, number, number]

/** CO2 a pupil of each level breathes out at a desk, litres a second; an adult. */
const BREATH: Record<SchoolLevel, number> = {
  preschool: 0.0029,
  primary: 0.0034,
  lower_secondary: 0.0042,
  upper_secondary: 0.0047,
  continuing: 0.0047,
}
const ADULT_BREATH = 0.0055
const OUTDOOR_PPM = 420
/** Air changes an hour of a shut, empty room. */
const SHUT_AIR = 0.5
/** Doors stand open in breaks. */
const BREAK_AIR_FACTOR = 2
const ARRIVAL_MS = 15 * MINUTE_MS
const BREAK_MS = 20 * MINUTE_MS

/** A stretch of a room's day with the same people and the same ventilation. */
export interface RoomStretch {
  from: number
  to: number
  people: number
  /** Air changes an hour. */
  air: number
  /** Whether a lesson is on: lamps are lit and people speak. */
  lesson: boolean
}

/** How a room is used through a day, without gaps from midnight to midnight. */
export function roomDay(
  school: SimSchool,
  device: SimDevice,
  day: string,
  sessions: readonly ScheduledSession[],
  scenarios: readonly Scenario[],
): RoomStretch[] {
  const start = startOfDay(day)
  const air = airChanges(school, device, start + DAY_MS / 2, scenarios)
  const empty = { people: 0, air: SHUT_AIR, lesson: false }
  const stretches: RoomStretch[] = []
  let reached = start
  const add = (to: number, use: Omit<RoomStretch, 'from' | 'to'>) => {
    if (to <= reached) return
    stretches.push({ from: reached, to, ...use })
    reached = to
  }
  const opened = ownClosure(school, day) ? [] : sessions
  opened.forEach(({ session, startsAt, endsAt }, i) => {
    const question = { school, classIndex: device.classIndex, day, session, excusedFactor: 1 }
    const people = rollCounts(question).present + 1
    const middle = startsAt + (endsAt - startsAt) / 2
    // Preschool children and those who stay for lunch rest in their classroom over midday.
    const midday = i > 0 && school.lunch
    add(startsAt - ARRIVAL_MS, midday ? { people: people * 0.8, air: air * 0.8, lesson: false } : empty)
    add(startsAt, { people: people / 2, air: air * BREAK_AIR_FACTOR, lesson: false })
    add(middle - BREAK_MS / 2, { people, air, lesson: true })
    add(middle + BREAK_MS / 2, { people: people * 0.2, air: air * BREAK_AIR_FACTOR, lesson: false })
    add(endsAt, { people, air, lesson: true })
    add(endsAt + BREAK_MS, { people: people * 0.1, air: air * BREAK_AIR_FACTOR, lesson: false })
  })
  add(start + DAY_MS, empty)
  return scenarios.reduce((all, scenario) => emptied(all, closingSpan(scenario, school)), stretches)
}

/** Empties a room for a span in which its school is closed. */
function emptied(
  stretches: readonly RoomStretch[],
  span: { from: number; to: number } | undefined,
): RoomStretch[] {
  if (span === undefined) return [...stretches]
  return stretches.flatMap((stretch) => {
    const from = clamp(span.from, stretch.from, stretch.to)
    const to = clamp(span.to, stretch.from, stretch.to)
    const parts = [
      { ...stretch, to: from },
      { ...stretch, from, to, people: 0, air: SHUT_AIR, lesson: false },
      { ...stretch, from: to },
    ]
    return parts.filter((part) => part.from < part.to)
  })
}

/** Air changes an hour in lessons: mostly open windows, a few rooms kept shut, and more open when it is warm. */
function airChanges(
  school: SimSchool,
  device: SimDevice,
  noon: number,
  scenarios: readonly Scenario[],
): number {
  const room = 8.5 * Math.exp(0.42 * normal(device.key, AIR))
  const today = Math.exp(0.12 * normal(device.key, dayKey(dayOf(noon)), AIR_OF_DAY))
  const warmth = clamp(0.85 + 0.03 * (outdoorTemperature(school, noon, scenarios) - 20), 0.6, 1.4)
  return clamp(room * today * warmth, 1.2, 30)
}

/** CO2 outdoors, ppm. */
export function outdoorCo2(moment: number): number {
  return OUTDOOR_PPM + 10 * smoothNoise(OUTSIDE, moment / (3 * 3_600_000))
}

/**
 * CO2 in a room at a moment, ppm, before the noise of the sensor. In each stretch of the day it nears the balance
 * of what people breathe out and what ventilation carries off, at the pace of the air changes:
 * balance = outdoors + breath / (air changes x volume).
 */
export function roomCo2(
  school: SimSchool,
  device: SimDevice,
  stretches: readonly RoomStretch[],
  moment: number,
): number {
  const volume = between(145, 195, device.key, VOLUME)
  const outdoors = outdoorCo2(moment)
  let ppm = outdoors
  for (const { from, to, people, air } of stretches) {
    if (from >= moment) break
    const litresASecond = people > 0 ? (people - 1) * BREATH[school.level] + ADULT_BREATH : 0
    const balance = outdoors + (Math.max(0, litresASecond) * 3.6 * 1e6) / (air * volume)
    const hours = (Math.min(to, moment) - from) / 3_600_000
    ppm = balance + (ppm - balance) * Math.exp(-air * hours)
  }
  return ppm
}

/** Slow drift and quick scatter of a sensor around the truth, -1 to 1. */
export function sensorNoise(device: SimDevice, moment: number, which: number): number {
  const key = mix(device.key, SENSOR, which)
  return (
    0.6 * smoothNoise(key, moment / (40 * MINUTE_MS)) + 0.4 * smoothNoise(mix(key, 1), moment / MINUTE_MS)
  )
}
