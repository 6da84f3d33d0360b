import type { IocEvent } from '../../../shared/contract/event.ts'
import type { Queryable } from '../../../shared/db/connect.ts'
import { sql } from '../../../shared/db/sql.ts'
import { DAY_MS } from '../../../shared/domain/time.ts'

const KNOWN = sql(import.meta.url, '../sql/known-events.sql')

/** A matter that lasted longer than this without news is told again when it changes. */
const REMEMBERED_MS = 31 * DAY_MS

/** What people have last been told of a matter, and when (milliseconds). */
export interface Told {
  state: string
  at: number
}

/** What has been announced, by matter; kept in the table event, so that a restart repeats nothing. */
export type Announced = Map<string, Told>

export const matters = {
  school: (school: number) => `school ${school}`,
  flood: (area: number) => `flood-level ${area}`,
  status: (area: number, indicator: string, period: string) => `status ${area} ${indicator} ${period}`,
  outage: (what: 'power' | 'link', area: number) => `${what} ${area}`,
}

interface KnownRow {
  matter: string
  area: number
  school: number | null
  indicator: string | null
  period: string | null
  kind: IocEvent['kind']
  to: string | null
  at: number
}

export async function loadAnnounced(database: Queryable, now: number): Promise<Announced> {
  const { rows } = await database.query<KnownRow>(KNOWN, [new Date(now - REMEMBERED_MS)])
  return new Map(rows.map((row) => [matterOf(row), { state: stateOf(row), at: row.at }]))
}

function matterOf(row: KnownRow): string {
  if (row.matter === 'school' && row.school !== null) return matters.school(row.school)
  if (row.matter === 'flood-level') return matters.flood(row.area)
  if (row.matter === 'power' || row.matter === 'link') return matters.outage(row.matter, row.area)
  return matters.status(row.area, row.indicator ?? '', row.period ?? '')
}

function stateOf(row: KnownRow): string {
  switch (row.kind) {
    case 'school-closed':
      return 'closed'
    case 'school-opened':
      return 'open'
    case 'power-lost':
    case 'link-lost':
      return 'lost'
    case 'power-back':
    case 'link-back':
      return 'back'
    default:
      return row.to ?? ''
  }
}
