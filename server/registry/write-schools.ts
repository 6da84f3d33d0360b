import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import type { SchoolRow } from './school-row.ts'
import type { Written } from './write.ts'

const UPSERT_SCHOOLS = sql(import.meta.url, './sql/upsert-schools.sql')
const LINK_MERGED = sql(import.meta.url, './sql/link-merged-schools.sql')
const UPSERT_SITES = sql(import.meta.url, './sql/upsert-sites.sql')
const REMOVE_SITES = sql(import.meta.url, './sql/remove-sites.sql')
const UPSERT_SESSIONS = sql(import.meta.url, './sql/upsert-sessions.sql')
const REMOVE_SESSIONS = sql(import.meta.url, './sql/remove-sessions.sql')
const UPSERT_PLACES = sql(import.meta.url, './sql/upsert-places.sql')
const REMOVE_PLACES = sql(import.meta.url, './sql/remove-places.sql')

/**
 * Writes schools with their sites, sessions and places. What the file says replaces what stood there; a site that
 * still has devices is kept. Returns the codes of schools created and changed; a school written again unchanged
 * is neither.
 */
export async function writeSchools(
  client: Queryable,
  schools: readonly SchoolRow[],
  simulated: boolean,
): Promise<Written> {
  const created = new Set<string>()
  const changed = new Set<string>()
  const note = (rows: { code: string }[]) => {
    for (const { code } of rows) changed.add(code)
  }
  const rows = JSON.stringify(schools.map(schoolRecord))
  const upserted = await client.query<{ code: string; created: boolean }>(UPSERT_SCHOOLS, [rows, simulated])
  note(upserted.rows)
  for (const row of upserted.rows) if (row.created) created.add(row.code)
  const codes = JSON.stringify(schools.map((school) => school.code))
  const sites = JSON.stringify(schools.flatMap(siteRecords))
  const sessions = JSON.stringify(schools.flatMap(sessionRecords))
  const places = JSON.stringify(schools.flatMap(placeRecords))
  const parts: [string, string[]][] = [
    [REMOVE_SITES, [sites]],
    [UPSERT_SITES, [sites]],
    [REMOVE_SESSIONS, [sessions, codes]],
    [UPSERT_SESSIONS, [sessions]],
    [REMOVE_PLACES, [places, codes]],
    [UPSERT_PLACES, [places]],
  ]
  for (const [statement, values] of parts)
    note((await client.query<{ code: string }>(statement, values)).rows)
  for (const code of created) changed.delete(code)
  return { created, changed }
}

/** Links schools to the ones they merged into; these may stand later in the file, so this comes after all rows. */
export async function linkMergers(client: Queryable, schools: readonly SchoolRow[]): Promise<Written> {
  const rows = JSON.stringify(schools.map(({ code, mergedInto }) => ({ code, mergedInto })))
  const linked = await client.query<{ code: string }>(LINK_MERGED, [rows])
  return { created: new Set(), changed: new Set(linked.rows.map((row) => row.code)) }
}

function schoolRecord({
  line: _line,
  sites: _sites,
  sessions: _sessions,
  places: _places,
  ...school
}: SchoolRow) {
  return school
}

function siteRecords(school: SchoolRow) {
  return school.sites.map((site) => ({ school: school.code, ...site }))
}

/** All pupils of a school are expected in each of its sessions, until a class list says otherwise. */
function sessionRecords({ code, enrolment, validFrom, validTo, sessions }: SchoolRow) {
  return sessions.map((session) => ({ school: code, ...session, pupils: enrolment, validFrom, validTo }))
}

function placeRecords(school: SchoolRow) {
  return school.places.map((place) => ({ school: school.code, ...place }))
}
