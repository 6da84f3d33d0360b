import { z } from 'zod'
import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import type { Position } from './position.ts'

const AFTER = sql(import.meta.url, './sql/journal-after.sql')
const END = sql(import.meta.url, './sql/journal-end.sql')
const HOLDS = sql(import.meta.url, './sql/journal-holds.sql')
const LAG = sql(import.meta.url, './sql/journal-lag.sql')

const SchoolDays = z.array(z.object({ day: z.iso.date(), school: z.number().int() }))

/** One store transaction's change of one kind. */
export interface JournalRow {
  position: Position
  kind: 'readings' | 'rolls' | 'checkins' | 'status' | 'connections' | 'dead_letters'
  messages: number
  schools: readonly number[]
  /** kind rolls: the days and schools whose rolls changed. */
  schoolDays: readonly { day: string; school: number }[]
  /** kind readings: parallel arrays of the rows really inserted; times in milliseconds. */
  devices: readonly number[]
  metrics: readonly number[]
  times: readonly number[]
  amounts: readonly number[]
}

interface StoredRow {
  seq: string | number
  xid: string
  kind: JournalRow['kind']
  messages: number
  schools: number[]
  body: unknown
  devices: number[] | null
  metrics: number[] | null
  times: number[] | null
  amounts: number[] | null
}

/** Up to `limit` rows after a position, in order. Each committed row is given exactly once over successive calls. */
export async function readJournal(
  database: Queryable,
  after: Position,
  limit: number,
): Promise<JournalRow[]> {
  const { rows } = await database.query<StoredRow>(AFTER, [String(after.xid), String(after.seq), limit])
  return rows.map((row) => ({
    position: { xid: BigInt(row.xid), seq: BigInt(row.seq) },
    kind: row.kind,
    messages: row.messages,
    schools: row.schools,
    schoolDays: row.kind === 'rolls' ? SchoolDays.parse(row.body) : [],
    devices: row.devices ?? [],
    metrics: row.metrics ?? [],
    times: row.times ?? [],
    amounts: row.amounts ?? [],
  }))
}

/** The position behind everything that has ended by now. */
export async function journalEnd(database: Queryable): Promise<Position> {
  const { rows } = await database.query<{ xid: string; seq: string }>(END)
  return { xid: BigInt(rows[0]!.xid), seq: BigInt(rows[0]!.seq) }
}

/** False when rows after the position may have been pruned already: what they said must come from the tables. */
export async function journalHolds(database: Queryable, position: Position): Promise<boolean> {
  const { rows } = await database.query<{ holds: boolean }>(HOLDS, [
    String(position.xid),
    String(position.seq),
  ])
  return rows[0]!.holds
}

/** Age in seconds, by the database's clock, of the oldest change after the position. */
export async function journalLag(database: Queryable, position: Position): Promise<number> {
  const { rows } = await database.query<{ seconds: number }>(LAG, [
    String(position.xid),
    String(position.seq),
  ])
  return rows[0]!.seconds
}
