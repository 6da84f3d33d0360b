import type { Sum } from '../../shared/domain/ratio.ts'
import { SLOT_MS } from '../../shared/domain/time.ts'
import type { AreaBoard } from './area-board.ts'
import type { Catalogue, DayLimits } from './catalogue.ts'
import type { DayRegistry, DaySchool } from './day-registry.ts'
import type { Quarter, ReadingsDay } from './definitions/readings.ts'
import type { Ledger } from './ledger.ts'
import type { DeviceLife, MeasureOfMetric, SchoolRolls } from './load-days.ts'
import type { Registry, RegistryArea, RegistryDevice } from './registry.ts'
import { isSchoolHours, type StatusHistory } from './school-hours.ts'
import type { SchoolTable } from './school-table.ts'
import type { DeviceIndex, SlotWindow } from './slot-window.ts'

/**
 * The day as it stands in memory. Loaded by load-state.ts; intake.ts takes in what arrives, close-slot.ts folds
 * slots into the day, evaluate.ts turns it into the sums of schools. Lists are by place of the school in `day`.
 */
export interface DayState {
  registry: Registry
  /** Every device of the registry, in service today or not. */
  devices: ReadonlyMap<number, RegistryDevice>
  areas: ReadonlyMap<number, RegistryArea>
  day: DayRegistry
  catalogue: Catalogue
  measures: MeasureOfMetric
  table: SchoolTable
  /** The sums of seven days earlier, in the same columns. */
  previous: SchoolTable
  limits: DayLimits
  board: AreaBoard
  ledger: Ledger
  statuses: StatusHistory[]
  rolls: SchoolRolls[]
  readings: ReadingsDay[]
  /** As last put in the ledger: day sums that the board does not show, by indicator and school. */
  storedSums: Map<string, Sum>
  /** As last put in the ledger: rooms measured in school hours, by device. */
  storedRooms: Map<number, boolean>
  lives: Map<number, DeviceLife>
  /** Slots not yet closed, and the two before them, by start. */
  windows: Map<number, SlotWindow>
  deviceIndex: DeviceIndex
  /** Slots of river and yard sensors of the last half hour, by start. */
  waterWindows: Map<number, SlotWindow>
  waterIndex: DeviceIndex
  /** End of the last closed slot: readings from before it are late. */
  closedUntil: number
  /** Slots up to here had rows before the journal was followed: they are loaded from raw rows when needed. */
  lastLoadedSlot: number
  /** Time of the newest record, never later than the clock; 0 before the first. */
  newestDataAt: number
  /** Schools whose data changed since they were last looked at. */
  changed: Set<DaySchool>
}

export function isLessonSlot(state: DayState, school: DaySchool, slot: number): boolean {
  return isSchoolHours(school.sessions, state.statuses[school.index]!, slot)
}

export function quarterOf(state: DayState, slot: number): Quarter {
  const { windows } = state
  return [windows.get(slot), windows.get(slot - SLOT_MS), windows.get(slot - 2 * SLOT_MS)]
}

export function noteData(state: DayState, at: number, now: number): void {
  state.newestDataAt = Math.max(state.newestDataAt, Math.min(at, now))
}
