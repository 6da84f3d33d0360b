import { SchoolSessionName } from '../../shared/contract/primitives.ts'
import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import type { Sum } from '../../shared/domain/ratio.ts'
import { DAY_MS, SLOT_MS, startOfDay } from '../../shared/domain/time.ts'
import { levelIn } from './close-slot.ts'
import { type DayRegistry, type DaySchool, type DayStation, registryOn } from './day-registry.ts'
import type { DayState } from './day-state.ts'
import { addSlot, emptyReadingsDay, higher, maximum, readingsSums } from './definitions/readings.ts'
import { expectsRoll, NO_ROLL_SUMS, rollSums } from './definitions/rolls.ts'
import { NO_STATUS_SUMS, statusSums } from './definitions/status.ts'
import { takeReadingsDay } from './intake.ts'
import { loadRolls, loadStatuses, loadWindows } from './load-days.ts'
import { dayHasData } from './load-sums.ts'
import type { Repair, RepairQueue } from './repair-queue.ts'
import { isSchoolHours, type StatusHistory } from './school-hours.ts'
import { indexDevices } from './slot-window.ts'

interface PastDay {
  registry: DayRegistry
  /** False for a day from before there were readings: it gets no sums of them. */
  hasReadings: boolean
}

const ROLLS_PER_STATEMENT = 200
const SCHOOLS_WITH_ROLL_SUMS = sql(import.meta.url, './sql/schools-with-roll-sums.sql')

/** Works through the repair queue in the background, a school-day at a time, by the definitions that the live day uses. */
export class Repairer {
  readonly #database: Queryable
  readonly #queue: RepairQueue
  /** Registries of past days, made once for all their schools. */
  readonly #days = new Map<string, PastDay>()
  /** Past days written since last asked. */
  readonly #written = new Set<string>()

  constructor(database: Queryable, queue: RepairQueue) {
    this.#database = database
    this.#queue = queue
  }

  /** Repairs for about `budgetMs`; nothing closes a slot or takes in readings meanwhile. */
  async advance(state: DayState, now: number, budgetMs: number): Promise<void> {
    const until = Date.now() + budgetMs
    while (this.#queue.size > 0 && Date.now() < until) {
      const repairs = this.#queue.next(ROLLS_PER_STATEMENT)
      const [first] = repairs
      const { registry: day, hasReadings } = await this.#dayOf(state, first!.day)
      if (first!.kind === 'rolls') await this.#repairRolls(state, day, repairs, now)
      else if (!hasReadings) this.#queue.done(repairs)
      else if (first!.kind === 'readings') await this.#repairReadings(state, day, first!.school)
      else await this.#repairStation(state, day, first!.station)
      this.#queue.done(repairs)
    }
    if (this.#queue.size === 0) this.#days.clear()
  }

  /** Whether sums of a past day were written since this was last asked. */
  takeWritten(day: string): boolean {
    return this.#written.delete(day)
  }

  async #dayOf(state: DayState, day: string): Promise<PastDay> {
    if (day === state.day.day) return { registry: state.day, hasReadings: true }
    const known = this.#days.get(day)
    if (known) return known
    const { readings: hasReadings } = await dayHasData(this.#database, day)
    const past = { registry: registryOn(state.registry, day), hasReadings }
    this.#days.set(day, past)
    await this.#askForWholeDay(past.registry)
    return past
  }

  /**
   * The first rolls of a day that nobody watched (a backlog, a school's upload) make it a day with figures: then
   * the schools that sent nothing count as not having taken theirs, as they do on a day that was watched.
   */
  async #askForWholeDay(day: DayRegistry): Promise<void> {
    const { rows } = await this.#database.query<{ school: number }>(SCHOOLS_WITH_ROLL_SUMS, [day.day])
    const known = new Set(rows.map((row) => row.school))
    for (const school of day.schools) {
      if (!known.has(school.id))
        this.#queue.ask({ kind: 'rolls', day: day.day, school: school.id }, undefined)
    }
  }

  async #repairReadings(state: DayState, day: DayRegistry, id: number): Promise<void> {
    const school = day.schoolById.get(id)
    if (!school) return
    const span = closedSpan(state, day)
    const index = indexDevices(school.devices)
    const windows = await loadWindows(
      this.#database,
      { from: span.from - 2 * SLOT_MS, until: span.until },
      index,
      state.measures,
      school.devices,
    )
    const isToday = day === state.day
    const history = isToday ? state.statuses[school.index]! : await this.#historyOf(day.day, id)
    const readings = emptyReadingsDay()
    for (let slot = span.from; slot < span.until; slot += SLOT_MS) {
      const quarter = [
        windows.get(slot),
        windows.get(slot - SLOT_MS),
        windows.get(slot - 2 * SLOT_MS),
      ] as const
      addSlot(readings, school, isSchoolHours(school.sessions, history, slot), quarter, undefined)
    }
    if (isToday) {
      // The level of the river is the station's to repair.
      readings.flood = state.readings[school.index]!.flood
      takeReadingsDay(state, school, readings)
      return
    }
    const { 'flood-alarm-level': _flood, ...sums } = readingsSums(readings)
    this.#put(state, day, school, 'day', sums)
  }

  async #repairStation(state: DayState, day: DayRegistry, code: string): Promise<void> {
    const station = day.stationByCode.get(code)
    if (!station) return
    const level = await this.#highestLevel(state, station, closedSpan(state, day))
    for (const school of station.schools) {
      if (day === state.day) {
        state.readings[school.index]!.flood = level
        state.changed.add(school)
      } else {
        this.#put(state, day, school, 'day', { 'flood-alarm-level': maximum(level) })
      }
    }
  }

  async #highestLevel(
    state: DayState,
    station: DayStation,
    span: { from: number; until: number },
  ): Promise<number | undefined> {
    const index = indexDevices(station.devices)
    const windows = await loadWindows(this.#database, span, index, state.measures, station.devices)
    let highest: number | undefined
    for (const window of windows.values()) highest = higher(highest, levelIn(station, [window]))
    return highest
  }

  async #repairRolls(
    state: DayState,
    day: DayRegistry,
    repairs: readonly Repair[],
    now: number,
  ): Promise<void> {
    const ids = repairs.flatMap((repair) => (repair.kind === 'rolls' ? [repair.school] : []))
    const rolls = await loadRolls(this.#database, day.day, ids)
    const histories = await loadStatuses(this.#database, day.day, ids)
    for (const id of ids) {
      const school = day.schoolById.get(id)
      if (!school) continue
      const history = histories.get(id) ?? []
      for (const name of SchoolSessionName.options) {
        const session = school.sessions.find((held) => held.session === name)
        const expected = session && expectsRoll(session, history, day.day, now)
        const statuses = session ? statusSums(session, history, now) : NO_STATUS_SUMS
        this.#put(state, day, school, name, { ...statuses })
        const sums = expected ? rollSums(session, rolls.get(id)?.[name]) : NO_ROLL_SUMS
        this.#put(state, day, school, name, { ...sums })
      }
    }
  }

  async #historyOf(day: string, school: number): Promise<StatusHistory> {
    return (await loadStatuses(this.#database, day, [school])).get(school) ?? []
  }

  #put(
    state: DayState,
    day: DayRegistry,
    school: DaySchool,
    period: SchoolSessionName | 'day',
    sums: Record<string, Sum>,
  ): void {
    this.#written.add(day.day)
    for (const [indicator, sum] of Object.entries(sums)) {
      state.ledger.putSum({ day: day.day, indicator, period, school: school.id, sum })
    }
  }
}

/** The closed slots of a day: all of a past one. */
function closedSpan(state: DayState, day: DayRegistry): { from: number; until: number } {
  const from = startOfDay(day.day)
  return { from, until: Math.min(from + DAY_MS, Math.max(from, state.closedUntil)) }
}
