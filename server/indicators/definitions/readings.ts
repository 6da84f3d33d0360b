import { NOTHING, type Sum } from '../../../shared/domain/ratio.ts'
import { MINUTE_MS, SLOT_MS } from '../../../shared/domain/time.ts'
import type { DaySchool } from '../day-registry.ts'
import type { RiverStation } from '../registry.ts'
import { type Measure, meanOver, type SlotWindow } from '../slot-window.ts'

/** Carbon dioxide in ppm as a 15-minute mean (domain facts, section 5; V36, BB101). */
export const CO2_GOOD_PPM = 1000
export const CO2_OVER_PPM = 1500
/** A room is too hot above this 15-minute mean, °C (domain facts, section 5, proposal). */
export const HOT_CELSIUS = 32
/** Means are compared with limits to a millionth: the order in which readings were added must not decide. */
const MEAN_TOLERANCE = 1e-6

const SLOT_MINUTES = SLOT_MS / MINUTE_MS

/** A slot and the two before it, newest first: what a 15-minute mean is made of. Not loaded: undefined. */
export type Quarter = readonly [SlotWindow | undefined, SlotWindow | undefined, SlotWindow | undefined]

/** What the closed slots of a day came to in one school. Room-minutes and gateway-minutes as numerator and denominator. */
export interface ReadingsDay {
  co2Good: Sum
  heat: Sum
  power: Sum
  internet: Sum
  online: Sum
  /** Largest 5-minute mean of water in the yard, cm. */
  yard: number | undefined
  /** Highest alarm level of the linked station. */
  flood: number | undefined
  /** Rooms measured in school hours, by device: whether one was over CO2_OVER_PPM. */
  rooms: Map<number, boolean>
}

export function emptyReadingsDay(): ReadingsDay {
  return {
    co2Good: NOTHING,
    heat: NOTHING,
    power: NOTHING,
    internet: NOTHING,
    online: NOTHING,
    yard: undefined,
    flood: undefined,
    rooms: new Map(),
  }
}

export interface ReadingsSums {
  'co2-good-share': Sum
  'co2-rooms-over': Sum
  'heat-room-share': Sum
  'power-availability': Sum
  'internet-availability': Sum
  'device-online-rate': Sum
  'flood-alarm-level': Sum
  'yard-water-depth': Sum
}

/** What a day is stored as. */
export function readingsSums(day: ReadingsDay): ReadingsSums {
  let over = 0
  for (const exceeded of day.rooms.values()) if (exceeded) over += 1
  return {
    'co2-good-share': day.co2Good,
    'co2-rooms-over': { numerator: over, denominator: day.rooms.size },
    'heat-room-share': day.heat,
    'power-availability': day.power,
    'internet-availability': day.internet,
    'device-online-rate': day.online,
    'flood-alarm-level': maximum(day.flood),
    'yard-water-depth': maximum(day.yard),
  }
}

/** Adds a closed slot to a school's day. `flood` is the level of its station in the slot. */
export function addSlot(
  day: ReadingsDay,
  school: DaySchool,
  schoolHours: boolean,
  quarter: Quarter,
  flood: number | undefined,
): void {
  const [slot] = quarter
  const seen = school.devices.filter((device) => slot?.isSeen(device)).length
  day.online = plus(day.online, seen, school.devices.length)
  day.yard = higher(day.yard, deepestYard(school, slot))
  day.flood = higher(day.flood, flood)
  if (!schoolHours) return
  for (const room of school.rooms) {
    const co2 = meanOver(quarter, [room], 'co2')
    if (co2 !== undefined) {
      day.co2Good = plus(day.co2Good, isOver(co2, CO2_GOOD_PPM) ? 0 : SLOT_MINUTES, SLOT_MINUTES)
      day.rooms.set(room, day.rooms.get(room) === true || isOver(co2, CO2_OVER_PPM))
    }
    const temperature = meanOver(quarter, [room], 'temperature')
    if (temperature !== undefined) {
      day.heat = plus(day.heat, isOver(temperature, HOT_CELSIUS) ? SLOT_MINUTES : 0, SLOT_MINUTES)
    }
  }
  for (const gateway of school.gateways) {
    const power = meanOver([slot], [gateway], 'power')
    if (power !== undefined) day.power = plus(day.power, SLOT_MINUTES * power, SLOT_MINUTES)
    day.internet = plus(day.internet, slot?.isSeen(gateway) ? SLOT_MINUTES : 0, SLOT_MINUTES)
  }
}

/** Rooms over the limit now, of those measured; call it in school hours only. */
export function roomsOverNow(school: DaySchool, quarter: Quarter): Sum {
  let sum = NOTHING
  for (const room of school.rooms) {
    const co2 = meanOver(quarter, [room], 'co2')
    if (co2 !== undefined) sum = plus(sum, isOver(co2, CO2_OVER_PPM) ? 1 : 0, 1)
  }
  return sum
}

/** A device counts as online this long after its last reading (domain facts, section 5: "link silent 5 min"). */
export const ONLINE_MS = 5 * MINUTE_MS

export function onlineNow(
  school: DaySchool,
  lastSeen: (device: number) => number | undefined,
  now: number,
): Sum {
  const online = school.devices.filter((device) => (lastSeen(device) ?? 0) > now - ONLINE_MS).length
  return { numerator: online, denominator: school.devices.length }
}

/** Water data may be this old and still be shown as now. */
export const WATER_FRESH_MS = 30 * MINUTE_MS

/** The newest of these slots, given newest first, in which any of the devices measured. */
export function newestMean(
  windows: readonly SlotWindow[],
  devices: readonly number[],
  measure: Measure,
): number | undefined {
  for (const window of windows) {
    const mean = meanOver([window], devices, measure)
    if (mean !== undefined) return mean
  }
  return undefined
}

/** The alarm level, 0 to 3, of a mean river level in metres: a level counts from its mark on. */
export function alarmLevel(station: RiverStation, mean: number): number {
  const reached = (mark: number) => mean >= mark - MEAN_TOLERANCE
  if (reached(station.alarm3)) return 3
  if (reached(station.alarm2)) return 2
  return reached(station.alarm1) ? 1 : 0
}

export function maximum(value: number | undefined): Sum {
  return value === undefined ? NOTHING : { numerator: value, denominator: 1 }
}

/** Largest mean of the yard sensors in a slot, cm. */
function deepestYard(school: DaySchool, slot: SlotWindow | undefined): number | undefined {
  let deepest: number | undefined
  for (const yard of school.yards) deepest = higher(deepest, meanOver([slot], [yard], 'yard_depth'))
  return deepest
}

export function higher(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return Math.max(a, b)
}

function isOver(mean: number, limit: number): boolean {
  return mean > limit + MEAN_TOLERANCE
}

function plus(sum: Sum, numerator: number, denominator: number): Sum {
  return { numerator: sum.numerator + numerator, denominator: sum.denominator + denominator }
}
