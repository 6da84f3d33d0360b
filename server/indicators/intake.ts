import { dayOf, SLOT_MS, slotOf, startOfDay } from '../../shared/domain/time.ts'
import type { JournalRow } from '../feed/journal.ts'
import { isVisibleIn } from '../feed/visibility.ts'
import type { DaySchool } from './day-registry.ts'
import { type DayState, noteData } from './day-state.ts'
import type { ReadingsDay } from './definitions/readings.ts'
import type { SchoolRolls } from './load-days.ts'
import type { Repair } from './repair-queue.ts'
import type { StatusHistory } from './school-hours.ts'
import { SlotWindow } from './slot-window.ts'

/** Told what must be repaired, because a slot it touches was closed already. */
export type OnLate = (repair: Repair, at: number) => void

/** Takes in a journal row of readings. */
export function takeReadings(state: DayState, row: JournalRow, now: number, onLate: OnLate): void {
  row.devices.forEach((device, i) => {
    const at = row.times[i]!
    const metric = row.metrics[i]!
    const amount = row.amounts[i]!
    const slot = slotOf(at)
    noteData(state, at, now)
    if (slot < state.closedUntil) askForRepair(state, device, at, onLate)
    const known = state.day.deviceById.get(device)
    if (!known) return
    noteLife(state, device, metric, at, amount)
    const window = openWindow(state, slot)
    if (window && !isInBaseline(window, row)) window.add(device, state.measures.get(metric), amount, 1)
    if (known.kind === 'river' || known.kind === 'yard') {
      const water = openWaterWindow(state, slot)
      if (water && !isInBaseline(water, row)) water.add(device, state.measures.get(metric), amount, 1)
    }
    state.changed.add(known.school)
    for (const school of known.station?.schools ?? []) state.changed.add(school)
  })
}

export function takeRolls(state: DayState, school: DaySchool, rolls: SchoolRolls, now: number): void {
  state.rolls[school.index] = rolls
  for (const totals of Object.values(rolls)) noteData(state, totals.newestAt, now)
  state.changed.add(school)
}

export function takeStatus(state: DayState, school: DaySchool, history: StatusHistory): void {
  state.statuses[school.index] = history
  state.changed.add(school)
}

export function takeReadingsDay(state: DayState, school: DaySchool, readings: ReadingsDay): void {
  state.readings[school.index] = readings
  noteRooms(state, school)
  state.changed.add(school)
}

/** Puts what changed about the rooms of a school in the ledger. */
export function noteRooms(state: DayState, school: DaySchool): void {
  const { rooms } = state.readings[school.index]!
  const { storedRooms, ledger } = state
  for (const device of school.rooms) {
    const exceeded = rooms.get(device)
    if (exceeded === storedRooms.get(device)) continue
    ledger.putRoom({ day: state.day.day, device, exceeded: exceeded ?? null })
    if (exceeded === undefined) storedRooms.delete(device)
    else storedRooms.set(device, exceeded)
  }
}

/**
 * The window a reading belongs in. None for a slot that is still to be loaded, because it will be read from the
 * raw rows with this reading in it, and none for one no longer kept.
 */
function openWindow(state: DayState, slot: number): SlotWindow | undefined {
  const window = state.windows.get(slot)
  if (window || slot <= state.lastLoadedSlot || slot < state.closedUntil) return window
  const fresh = new SlotWindow(slot, state.deviceIndex)
  state.windows.set(slot, fresh)
  return fresh
}

function openWaterWindow(state: DayState, slot: number): SlotWindow | undefined {
  const window = state.waterWindows.get(slot)
  if (window || slot <= state.lastLoadedSlot) return window
  const fresh = new SlotWindow(slot, state.waterIndex)
  state.waterWindows.set(slot, fresh)
  return fresh
}

function isInBaseline(window: SlotWindow, row: JournalRow): boolean {
  return window.baseline !== undefined && isVisibleIn(window.baseline, row.position.xid)
}

/** A late reading changes its own slot and, through 15-minute means, the two after it. */
function askForRepair(state: DayState, device: number, at: number, onLate: OnLate): void {
  const registered = state.devices.get(device)
  if (!registered) return
  const { school, riverStation: station, kind } = registered
  for (const day of new Set([dayOf(slotOf(at)), dayOf(slotOf(at) + 2 * SLOT_MS)])) {
    if (startOfDay(day) >= state.closedUntil) continue
    onLate({ kind: 'readings', day, school }, at)
    if (kind === 'river' && station !== null) onLate({ kind: 'station', day, station }, at)
  }
}

function noteLife(state: DayState, device: number, metric: number, at: number, amount: number): void {
  const life = state.lives.get(device) ?? { seenAt: 0, power: undefined, powerAt: 0 }
  state.lives.set(device, life)
  life.seenAt = Math.max(life.seenAt, at)
  if (state.measures.get(metric) === 'power' && at >= life.powerAt) {
    life.power = amount
    life.powerAt = at
  }
}
