import type { Period } from '../../shared/contract/indicator.ts'
import { SchoolSessionName } from '../../shared/contract/primitives.ts'
import { NOTHING, type Sum } from '../../shared/domain/ratio.ts'
import { SLOT_MS, slotOf, startOfDay } from '../../shared/domain/time.ts'
import { levelIn } from './close-slot.ts'
import type { DaySchool } from './day-registry.ts'
import { type DayState, isLessonSlot, quarterOf } from './day-state.ts'
import {
  higher,
  maximum,
  newestMean,
  onlineNow,
  readingsSums,
  roomsOverNow,
  WATER_FRESH_MS,
} from './definitions/readings.ts'
import { expectsRoll, NO_ROLL_SUMS, rollSums } from './definitions/rolls.ts'
import { NO_STATUS_SUMS, statusSums } from './definitions/status.ts'
import { hasSchoolHours, statusAt } from './school-hours.ts'
import type { SlotWindow } from './slot-window.ts'

/** Looks again at the schools whose data changed. */
export function evaluateChanged(state: DayState, now: number): void {
  if (state.changed.size === 0) return
  const water = freshWater(state, now)
  for (const school of state.changed) evaluateSchool(state, school, water, now)
  state.changed.clear()
}

/** Looks again at every school: time has passed, so sessions start, devices fall silent, water data grow old. */
export function evaluateAll(state: DayState, now: number): void {
  for (const school of state.day.schools) state.changed.add(school)
  evaluateChanged(state, now)
  state.board.touchAll()
}

function evaluateSchool(state: DayState, school: DaySchool, water: readonly SlotWindow[], now: number): void {
  for (const session of SchoolSessionName.options) evaluateSession(state, school, session, now)
  evaluateDay(state, school)
  evaluateNow(state, school, water, now)
}

function evaluateSession(state: DayState, school: DaySchool, name: SchoolSessionName, now: number): void {
  const history = state.statuses[school.index]!
  const session = school.sessions.find((held) => held.session === name)
  const started = session !== undefined && session.startsAt <= now
  const statusSince = statusAt(history, now)?.since ?? 0
  const statuses = started ? statusSums(session, history, now) : NO_STATUS_SUMS
  for (const [indicator, sum] of Object.entries(statuses)) {
    set(state, school, { indicator, period: name, sum, expected: started, dataAt: statusSince })
  }
  const totals = state.rolls[school.index]![name]
  const expected = started && expectsRoll(session, history, state.day.day, now)
  const rolls = expected ? rollSums(session, totals) : NO_ROLL_SUMS
  for (const [indicator, sum] of Object.entries(rolls)) {
    set(state, school, { indicator, period: name, sum, expected, dataAt: totals?.newestAt ?? 0 })
  }
}

function evaluateDay(state: DayState, school: DaySchool): void {
  const sums = readingsSums(state.readings[school.index]!)
  const hadLessons = hasSchoolHours(
    school.sessions,
    state.statuses[school.index]!,
    startOfDay(state.day.day),
    state.closedUntil,
  )
  const put = (indicator: keyof typeof sums, devices: readonly number[]) =>
    set(state, school, {
      indicator,
      period: 'day',
      sum: sums[indicator],
      expected: hadLessons && devices.length > 0,
      dataAt: newestOf(state, devices),
    })
  put('co2-good-share', school.rooms)
  put('heat-room-share', school.rooms)
  put('power-availability', school.gateways)
  put('internet-availability', school.gateways)
  for (const indicator of INSTANTS) keep(state, school, indicator, sums[indicator])
}

/** Shown as they are now; of their day only the sum is kept. */
export const INSTANTS = [
  'co2-rooms-over',
  'device-online-rate',
  'flood-alarm-level',
  'yard-water-depth',
] as const

function evaluateNow(state: DayState, school: DaySchool, water: readonly SlotWindow[], now: number): void {
  const put = (
    indicator: (typeof INSTANTS)[number],
    sum: Sum,
    devices: readonly number[],
    expected = devices.length > 0,
  ) => set(state, school, { indicator, period: 'now', sum, expected, dataAt: newestOf(state, devices) })
  const slot = slotOf(now)
  const inLesson = school.rooms.length > 0 && isLessonSlot(state, school, slot)
  const over = inLesson ? roomsOverNow(school, quarterOf(state, slot)) : NOTHING
  put('co2-rooms-over', over, school.rooms, inLesson)

  const online = onlineNow(school, (device) => state.lives.get(device)?.seenAt, now)
  put('device-online-rate', online, school.devices)

  const station = school.riverStation === null ? undefined : state.day.stationByCode.get(school.riverStation)
  put('flood-alarm-level', maximum(station && levelIn(station, water)), station?.devices ?? [])

  let depth: number | undefined
  for (const yard of school.yards) depth = higher(depth, newestMean(water, [yard], 'yard_depth'))
  put('yard-water-depth', maximum(depth), school.yards)
}

/** Water slots young enough to be shown as now, newest first. */
function freshWater(state: DayState, now: number): SlotWindow[] {
  const fresh: SlotWindow[] = []
  for (let slot = slotOf(now); slot >= slotOf(now - WATER_FRESH_MS); slot -= SLOT_MS) {
    const window = state.waterWindows.get(slot)
    if (window) fresh.push(window)
  }
  return fresh
}

function newestOf(state: DayState, devices: readonly number[]): number {
  let newest = 0
  for (const device of devices) newest = Math.max(newest, state.lives.get(device)?.seenAt ?? 0)
  return newest
}

interface Entry {
  indicator: string
  period: Period
  sum: Sum
  expected: boolean
  dataAt: number
}

function set(state: DayState, school: DaySchool, entry: Entry): void {
  const { indicator, period, sum } = entry
  const { index: column } = state.catalogue.key(indicator, period)
  const difference = state.table.set(column, school.index, entry)
  if (difference === 'nothing') return
  state.board.touch(column, school.index)
  if (difference === 'sum' && period !== 'now') {
    state.ledger.putSum({ day: state.day.day, indicator, period, school: school.id, sum })
  }
}

/** Puts a day sum that the board does not show in the ledger, if it changed. */
function keep(state: DayState, school: DaySchool, indicator: string, sum: Sum): void {
  const key = storedKey(indicator, school.id)
  const stored = state.storedSums.get(key) ?? NOTHING
  if (stored.numerator === sum.numerator && stored.denominator === sum.denominator) return
  state.storedSums.set(key, sum)
  state.ledger.putSum({ day: state.day.day, indicator, period: 'day', school: school.id, sum })
}

export function storedKey(indicator: string, school: number): string {
  return `${indicator} ${school}`
}
