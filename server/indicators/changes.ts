import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import { addDays, DAY_MS, dayOf, startOfDay } from '../../shared/domain/time.ts'
import type { JournalRow } from '../feed/journal.ts'
import type { LateHours } from '../feed/late-hours.ts'
import type { Position } from '../feed/position.ts'
import type { DaySchool } from './day-registry.ts'
import type { DayState } from './day-state.ts'
import { takeReadings, takeRolls, takeStatus } from './intake.ts'
import { loadRolls, loadStatuses } from './load-days.ts'
import type { RepairQueue } from './repair-queue.ts'
import { hasSchoolHours, type StatusHistory } from './school-hours.ts'

const LATE_STATUSES = sql(import.meta.url, './sql/late-statuses.sql')

/** A school may correct what it said of the past up to here; older days stay as they are. */
const DAYS_BACK = 7

/** Turns journal rows into changes of the day: readings at once, rolls and status by reading their tables again. */
export class Changes {
  readonly #database: Queryable
  readonly #repairs: RepairQueue
  readonly #lateHours: LateHours
  readonly #rolls = new Set<number>()
  /** Schools whose status changed, and the journal before the first such change. */
  readonly #statuses = new Map<number, Position>()

  constructor(database: Queryable, repairs: RepairQueue, lateHours: LateHours) {
    this.#database = database
    this.#repairs = repairs
    this.#lateHours = lateHours
  }

  /** Takes in one row; `before` is the position before it. */
  take(state: DayState, row: JournalRow, before: Position, now: number): void {
    if (row.kind === 'readings') {
      takeReadings(state, row, now, (repair, at) => {
        this.#repairs.ask(repair, before)
        this.#lateHours.add(at)
      })
    } else if (row.kind === 'rolls') {
      for (const { day, school } of row.schoolDays) {
        if (day === state.day.day) this.#rolls.add(school)
        else if (day < state.day.day) this.#repairs.ask({ kind: 'rolls', day, school }, before)
      }
    } else if (row.kind === 'status') {
      for (const school of row.schools) {
        if (!this.#statuses.has(school)) this.#statuses.set(school, before)
      }
    }
  }

  /** Forgets what is to be read again, because everything was just loaded. */
  clear(): void {
    this.#rolls.clear()
  }

  /** Reads again what changed. What cannot be read now stays to be read. True when a status changed. */
  async read(state: DayState, now: number): Promise<boolean> {
    if (this.#rolls.size > 0) {
      const ids = [...this.#rolls]
      const rolls = await loadRolls(this.#database, state.day.day, ids)
      for (const id of ids) {
        const school = state.day.schoolById.get(id)
        if (school) takeRolls(state, school, rolls.get(id) ?? {}, now)
        this.#rolls.delete(id)
      }
    }
    if (this.#statuses.size === 0) return false
    const changed = new Map(this.#statuses)
    const ids = [...changed.keys()]
    const histories = await loadStatuses(this.#database, state.day.day, ids)
    await this.#askForPastDays(state, changed, now)
    for (const id of ids) {
      const school = state.day.schoolById.get(id)
      if (school) this.#takeStatus(state, school, histories.get(id) ?? [], changed.get(id)!)
      this.#statuses.delete(id)
    }
    return true
  }

  /** A school that was closed in slots already counted as lessons, or the other way round, is counted again. */
  #takeStatus(state: DayState, school: DaySchool, history: StatusHistory, before: Position): void {
    const known = state.statuses[school.index]!
    takeStatus(state, school, history)
    const wasEverClosed = [...known, ...history].some((status) => !status.open)
    const dayStart = startOfDay(state.day.day)
    const first = Math.min(...history.map((status) => status.since).filter((since) => since >= dayStart))
    if (!wasEverClosed || !hasSchoolHours(school.sessions, [], first, state.closedUntil)) return
    this.#repairs.ask({ kind: 'readings', day: state.day.day, school: school.id }, before)
  }

  async #askForPastDays(state: DayState, changed: ReadonlyMap<number, Position>, now: number): Promise<void> {
    const today = state.day.day
    const { rows } = await this.#database.query<{ school: number; since: number; closed: boolean }>(
      LATE_STATUSES,
      [[...changed.keys()], new Date(startOfDay(today)), new Date(now - DAY_MS)],
    )
    const earliest = addDays(today, -DAYS_BACK)
    for (const { school, since, closed } of rows) {
      const [, from] = [dayOf(since), earliest].sort()
      for (let day = from!; day < today; day = addDays(day, 1)) {
        this.#repairs.ask({ kind: 'rolls', day, school }, changed.get(school))
        if (closed) this.#repairs.ask({ kind: 'readings', day, school }, changed.get(school))
      }
    }
  }
}
