import type { IocEvent } from '../../../shared/contract/event.ts'
import type { Queryable } from '../../../shared/db/connect.ts'
import { sql } from '../../../shared/db/sql.ts'
import type { DayState } from '../day-state.ts'
import { type Announced, loadAnnounced } from './announced.ts'
import { AreaEvents } from './area-events.ts'
import type { NewEvent } from './new-event.ts'
import { OutageEvents } from './outage-events.ts'
import { schoolEvents } from './school-events.ts'

const SAVE = sql(import.meta.url, '../sql/save-events.sql')

const MOST_AT_ONCE = 500

/** Finds what is worth telling, and stores it before it is told. */
export class EventLog {
  readonly #database: Queryable
  readonly #areas = new AreaEvents()
  readonly #outages = new OutageEvents()
  #announced: Announced | undefined
  #waiting: NewEvent[] = []

  constructor(database: Queryable) {
    this.#database = database
  }

  /** Looks at the day for news. Call it when the board is up to date. */
  async detect(state: DayState, now: number): Promise<void> {
    this.#announced ??= await loadAnnounced(this.#database, now)
    this.#waiting.push(
      ...schoolEvents(state, this.#announced, now),
      ...this.#areas.detect(state, this.#announced, now),
      ...this.#outages.detect(state, this.#announced, now),
    )
  }

  /** Stores what is waiting, and returns it as it is told. What cannot be stored now stays for the next time. */
  async store(): Promise<IocEvent[]> {
    if (this.#waiting.length === 0) return []
    const events = this.#waiting.slice(0, MOST_AT_ONCE)
    const { rows } = await this.#database.query<{ id: string }>(SAVE, [JSON.stringify(events.map(toRow))])
    this.#waiting = this.#waiting.slice(events.length)
    return events.map((event, i) => toTold(event, rows[i]!.id))
  }
}

function toRow(event: NewEvent, n: number): object {
  const { kind, severity, params, simulated } = event
  const at = new Date(event.at).toISOString()
  return { n, at, kind, severity, area: event.area.id, school: event.school?.id ?? null, params, simulated }
}

function toTold(event: NewEvent, id: string): IocEvent {
  const { kind, severity, params, simulated } = event
  return {
    id,
    at: new Date(event.at).toISOString(),
    kind,
    severity,
    area: event.area.code,
    areaName: event.area.name,
    school: event.school?.code ?? null,
    schoolName: event.school?.name ?? null,
    params,
    simulated,
  }
}
