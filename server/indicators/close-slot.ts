import { SLOT_MS } from '../../shared/domain/time.ts'
import type { DayStation } from './day-registry.ts'
import { type DayState, isLessonSlot, quarterOf } from './day-state.ts'
import { addSlot, alarmLevel, newestMean, WATER_FRESH_MS } from './definitions/readings.ts'
import { noteRooms } from './intake.ts'
import type { SlotWindow } from './slot-window.ts'

/** Readings have this long after the end of a slot to arrive; what comes later is repaired (data as of its time). */
export const GRACE_MS = 60_000

/** Closes the next slot, whose window must be there if it has rows: what was measured in it is added to the day. */
export function closeSlot(state: DayState): void {
  const slot = state.closedUntil
  const quarter = quarterOf(state, slot)
  const floods = new Map<string, number | undefined>()
  for (const station of state.day.stationByCode.values()) {
    floods.set(station.code, levelIn(station, quarter[0] ? [quarter[0]] : []))
  }
  for (const school of state.day.schools) {
    const flood = school.riverStation === null ? undefined : floods.get(school.riverStation)
    addSlot(state.readings[school.index]!, school, isLessonSlot(state, school, slot), quarter, flood)
    noteRooms(state, school)
    state.changed.add(school)
  }
  state.closedUntil = slot + SLOT_MS
  for (const old of state.windows.keys()) if (old < slot - SLOT_MS) state.windows.delete(old)
  for (const old of state.waterWindows.keys()) {
    if (old < slot - WATER_FRESH_MS) state.waterWindows.delete(old)
  }
}

/** The alarm level by the newest of these slots, given newest first, in which the station was measured. */
export function levelIn(station: DayStation, windows: readonly SlotWindow[]): number | undefined {
  const mean = newestMean(windows, station.devices, 'river_level')
  return mean === undefined ? undefined : alarmLevel(station, mean)
}
