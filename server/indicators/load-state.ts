import type { Queryable } from '../../shared/db/connect.ts'
import { addDays, dayOf, SLOT_MS, slotOf, startOfDay } from '../../shared/domain/time.ts'
import { journalHolds, readSnapshot } from '../feed/journal.ts'
import { before, type Position } from '../feed/position.ts'
import { AreaBoard } from './area-board.ts'
import { type Catalogue, DayLimits } from './catalogue.ts'
import { type DayRegistry, registryOn } from './day-registry.ts'
import type { DayState } from './day-state.ts'
import { emptyReadingsDay, type ReadingsDay, WATER_FRESH_MS } from './definitions/readings.ts'
import { INSTANTS, storedKey } from './evaluate.ts'
import type { Ledger } from './ledger.ts'
import {
  type DeviceLife,
  loadDeviceLives,
  loadRolls,
  loadStatuses,
  loadWindows,
  measuresOf,
} from './load-days.ts'
import {
  dayHasData,
  type EnginePosition,
  loadEnginePosition,
  loadRooms,
  loadSums,
  type StoredSum,
} from './load-sums.ts'
import type { Registry } from './registry.ts'
import type { RepairQueue } from './repair-queue.ts'
import { SchoolTable } from './school-table.ts'
import { indexDevices } from './slot-window.ts'

/** Readings may come with clocks a little ahead: slots up to here may have rows when loading. */
const AHEAD_SLOTS = 2
/** Days that are worked through again when the journal cannot say what changed. */
const DAYS_BACK = 7

export interface LoadParts {
  database: Queryable
  registry: Registry
  catalogue: Catalogue
  ledger: Ledger
  repairs: RepairQueue
  now: number
  /** The state in memory so far, when only the registry or the day changed. */
  before: DayState | undefined
}

export interface LoadedState {
  state: DayState
  /** From where the journal is to be followed. */
  position: Position
  /** Stamp of the last complete save, in milliseconds; 0 when there was none. */
  savedAt: number
}

/**
 * Builds the day from the database. What the engine had saved is continued from there: sums of closed slots are
 * taken over, everything after them comes from raw rows, and each window remembers what its statement saw, so that
 * the journal adds to it only what is newer.
 */
export async function loadState(parts: LoadParts): Promise<LoadedState> {
  const { database, registry, catalogue, ledger, now } = parts
  // Before any table is read: whatever comes later is in the journal after this position.
  const { xmin } = await readSnapshot(database)
  const saved = await loadEnginePosition(database)
  const day = registryOn(registry, dayOf(now))
  const dayStart = startOfDay(day.day)
  const savedUntil = saved ? saved.closedSlot + SLOT_MS : undefined
  const hasGap = saved !== undefined && !(await journalHolds(database, saved.position))
  // A clock set back (a demonstration started anew) leaves sums of a time still to come.
  const continues =
    savedUntil !== undefined && !hasGap && savedUntil >= dayStart && savedUntil <= now + SLOT_MS
  const closedUntil = continues ? savedUntil : dayStart

  const sums = await loadSums(database, day.day)
  const rooms = await loadRooms(database, day.day)
  const table = new SchoolTable(catalogue.keys.length, day.schools.length)
  const storedSums = takeSums(sums, day, catalogue, table)
  const measures = measuresOf(registry.metrics)
  const statuses = await loadStatuses(database, day.day)
  const rolls = await loadRolls(database, day.day)
  const previous = await loadPrevious(database, day, catalogue)
  const lives = await loadDeviceLives(database, measures)
  const newestRow = newestOf(lives)
  dropFuture(lives, now)
  const limits = new DayLimits(registry.thresholds, day.day)
  const board = new AreaBoard({ day, areas: registry.areas, catalogue, limits, table, previous }, now)
  const waterDevices = [...day.deviceById]
    .filter(([, device]) => device.kind === 'river' || device.kind === 'yard')
    .map(([id]) => id)
  const state: DayState = {
    registry,
    devices: new Map(registry.devices.map((device) => [device.id, device])),
    areas: new Map(registry.areas.map((area) => [area.id, area])),
    day,
    catalogue,
    measures,
    table,
    previous,
    limits,
    board,
    ledger,
    statuses: day.schools.map((school) => statuses.get(school.id) ?? []),
    rolls: day.schools.map((school) => rolls.get(school.id) ?? {}),
    readings: continues ? readingsFrom(sums, rooms, day) : day.schools.map(emptyReadingsDay),
    storedSums,
    storedRooms: rooms,
    lives,
    windows: new Map(),
    deviceIndex: indexDevices(day.deviceById.keys()),
    waterWindows: new Map(),
    waterIndex: indexDevices(waterDevices),
    closedUntil,
    lastLoadedSlot: Math.max(slotOf(now) + AHEAD_SLOTS * SLOT_MS, slotOf(newestRow)),
    newestDataAt: Math.min(newestOf(lives), now),
    changed: new Set(),
  }
  await loadOpenWindows(database, state, now)
  await loadWaterWindows(database, state, waterDevices, now)
  if (continues && saved) askForToday(parts, state, sums, saved)
  else await askForPast(parts, state, savedUntil, hasGap)
  return { state, position: saved && !hasGap ? saved.position : before(xmin), savedAt: saved?.savedAt ?? 0 }
}

/** Fills the slots that instants are made of, and the two before the next slot to close. */
export async function loadOpenWindows(database: Queryable, state: DayState, now: number): Promise<void> {
  const current = slotOf(now)
  const wanted = new Set<number>()
  for (let back = -AHEAD_SLOTS; back <= 2; back++) wanted.add(current - back * SLOT_MS)
  for (let back = 0; back <= 2; back++) wanted.add(state.closedUntil - back * SLOT_MS)
  for (const slot of wanted) await ensureWindow(database, state, slot)
}

/** Loads a slot from raw rows, unless it is there or began after the journal was followed. */
export async function ensureWindow(database: Queryable, state: DayState, slot: number): Promise<void> {
  if (slot > state.lastLoadedSlot || state.windows.has(slot)) return
  const span = { from: slot, until: slot + SLOT_MS }
  const loaded = await loadWindows(database, span, state.deviceIndex, state.measures)
  state.windows.set(slot, loaded.get(slot)!)
}

async function loadWaterWindows(
  database: Queryable,
  state: DayState,
  devices: readonly number[],
  now: number,
): Promise<void> {
  const span = {
    from: slotOf(now - WATER_FRESH_MS),
    until: slotOf(now) + (AHEAD_SLOTS + 1) * SLOT_MS,
  }
  state.waterWindows = await loadWindows(database, span, state.waterIndex, state.measures, devices)
}

/** Puts stored sums where they are compared with new ones, so that only what differs is written again. */
function takeSums(
  sums: readonly StoredSum[],
  day: DayRegistry,
  catalogue: Catalogue,
  table: SchoolTable,
): DayState['storedSums'] {
  const stored: DayState['storedSums'] = new Map()
  const instants = new Set<string>(INSTANTS)
  for (const { indicator, period, school, sum } of sums) {
    const place = day.schoolById.get(school)?.index
    if (instants.has(indicator)) stored.set(storedKey(indicator, school), sum)
    else if (place !== undefined) {
      table.set(catalogue.key(indicator, period).index, place, { sum, expected: false, dataAt: 0 })
    }
  }
  return stored
}

function readingsFrom(
  sums: readonly StoredSum[],
  rooms: ReadonlyMap<number, boolean>,
  day: DayRegistry,
): ReadingsDay[] {
  const readings = day.schools.map(emptyReadingsDay)
  for (const { indicator, school, sum } of sums) {
    const place = day.schoolById.get(school)?.index
    if (place === undefined) continue
    const of = readings[place]!
    const maximum = sum.denominator > 0 ? sum.numerator : undefined
    if (indicator === 'co2-good-share') of.co2Good = sum
    else if (indicator === 'heat-room-share') of.heat = sum
    else if (indicator === 'power-availability') of.power = sum
    else if (indicator === 'internet-availability') of.internet = sum
    else if (indicator === 'device-online-rate') of.online = sum
    else if (indicator === 'flood-alarm-level') of.flood = maximum
    else if (indicator === 'yard-water-depth') of.yard = maximum
  }
  for (const school of day.schools) {
    for (const room of school.rooms) {
      const exceeded = rooms.get(room)
      if (exceeded !== undefined) readings[school.index]!.rooms.set(room, exceeded)
    }
  }
  return readings
}

/** The sums of seven days earlier, in the columns of the board. */
export async function loadPrevious(
  database: Queryable,
  day: DayRegistry,
  catalogue: Catalogue,
  table = new SchoolTable(catalogue.keys.length, day.schools.length),
): Promise<SchoolTable> {
  const instants = new Set<string>(INSTANTS)
  for (const { indicator, period, school, sum } of await loadSums(database, addDays(day.day, -7))) {
    const place = day.schoolById.get(school)?.index
    if (place === undefined || instants.has(indicator)) continue
    table.set(catalogue.key(indicator, period).index, place, { sum, expected: true, dataAt: 0 })
  }
  return table
}

/** Signs of life of a time still to come belong to another run of a demonstration clock. */
function dropFuture(lives: Map<number, DeviceLife>, now: number): void {
  for (const [device, life] of lives) if (life.seenAt > now + AHEAD_SLOTS * SLOT_MS) lives.delete(device)
}

function newestOf(lives: ReadonlyMap<number, DeviceLife>): number {
  let newest = 0
  for (const life of lives.values()) newest = Math.max(newest, life.seenAt)
  return newest
}

/** Schools whose sums of today cannot be continued are worked out again in the background. */
function askForToday(
  { repairs, before, registry }: LoadParts,
  state: DayState,
  sums: readonly StoredSum[],
  saved: EnginePosition,
): void {
  const today = state.day.day
  const redo = new Set<number>()
  // Rows newer than the position are of a save that was cut off: their school may hold a slot twice.
  for (const sum of sums) if (sum.updatedAt > saved.savedAt) redo.add(sum.school)
  if (saved.registryVersion !== registry.version) {
    const unchanged = unchangedSchools(before, state, saved.registryVersion)
    for (const school of state.day.schools) if (!unchanged.has(school.id)) redo.add(school.id)
  }
  for (const school of redo) repairs.ask({ kind: 'readings', day: today, school }, undefined)
  if (redo.size === 0) return
  for (const station of state.day.stationByCode.keys()) {
    repairs.ask({ kind: 'station', day: today, station }, undefined)
  }
}

/**
 * Days that passed without the engine are worked out in the background; where the journal was lost, and when
 * there never was one, also those of the last week that have data.
 */
async function askForPast(
  { database, registry, repairs }: LoadParts,
  state: DayState,
  savedUntil: number | undefined,
  hasGap: boolean,
): Promise<void> {
  const today = state.day.day
  const missedFrom = savedUntil === undefined ? today : dayOf(savedUntil)
  for (let back = DAYS_BACK; back > 0; back--) {
    const day = addDays(today, -back)
    const wanted =
      day >= missedFrom
        ? { readings: true, rolls: true }
        : hasGap || savedUntil === undefined
          ? await dayHasData(database, day)
          : { readings: false, rolls: false }
    const then = registryOn(registry, day)
    for (const { id: school } of then.schools) {
      if (wanted.rolls) repairs.ask({ kind: 'rolls', day, school }, undefined)
      if (wanted.readings) repairs.ask({ kind: 'readings', day, school }, undefined)
    }
    if (!wanted.readings) continue
    for (const station of then.stationByCode.keys()) repairs.ask({ kind: 'station', day, station }, undefined)
  }
}

/** Schools whose equipment and timetable are as they were when the saved sums were made. */
function unchangedSchools(
  before: DayState | undefined,
  state: DayState,
  savedVersion: number | null,
): Set<number> {
  const unchanged = new Set<number>()
  if (before?.registry.version !== savedVersion || before.day.day !== state.day.day) return unchanged
  for (const school of state.day.schools) {
    const then = before.day.schoolById.get(school.id)
    const same = then && JSON.stringify({ ...then, index: 0 }) === JSON.stringify({ ...school, index: 0 })
    if (same) unchanged.add(school.id)
  }
  return unchanged
}
