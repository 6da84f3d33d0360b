import { z } from 'zod'
import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import type { Position } from './position.ts'
import { formatSnapshot, parseSnapshot, type Snapshot } from './visibility.ts'

const UNSEEN = sql(import.meta.url, './sql/journal-unseen.sql')
const SNAPSHOT = sql(import.meta.url, './sql/journal-snapshot.sql')
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
  snapshot: string
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

/** The row that comes when there is no change: it carries the snapshot alone. */
interface Nothing {
  snapshot: string
  seq: null
}

/** What to read: changes not seen in `seen` but in `until` (undefined: now), after `after`, at most `limit`. */
export interface Unseen {
  seen: Snapshot
  until: Snapshot | undefined
  after: Position
  limit: number
}

/** The next unseen rows in order, and the snapshot up to which they were looked for. */
export async function readUnseen(
  database: Queryable,
  { seen, until, after, limit }: Unseen,
): Promise<{ rows: JournalRow[]; until: Snapshot }> {
  const { rows } = await database.query<StoredRow | Nothing>(UNSEEN, [
    formatSnapshot(seen),
    until ? formatSnapshot(until) : null,
    String(after.xid),
    String(after.seq),
    limit,
  ])
  const found = rows.filter((row): row is StoredRow => row.seq !== null)
  return { rows: found.map(toJournalRow), until: parseSnapshot(rows[0]!.snapshot) }
}

function toJournalRow(row: StoredRow): JournalRow {
  return {
    position: { xid: BigInt(row.xid), seq: BigInt(row.seq) },
    kind: row.kind,
    messages: row.messages,
    schools: row.schools,
    schoolDays: row.kind === 'rolls' ? SchoolDays.parse(row.body) : [],
    devices: row.devices ?? [],
    metrics: row.metrics ?? [],
    times: row.times ?? [],
    amounts: row.amounts ?? [],
  }
}

/** What has been committed by now. */
export async function readSnapshot(database: Queryable): Promise<Snapshot> {
  const { rows } = await database.query<{ snapshot: string }>(SNAPSHOT)
  return parseSnapshot(rows[0]!.snapshot)
}

/** False when rows after the position may have been pruned already: what they said must come from the tables. */
export async function journalHolds(database: Queryable, position: Position): Promise<boolean> {
  const { rows } = await database.query<{ holds: boolean }>(HOLDS, [
    String(position.xid),
    String(position.seq),
  ])
  return rows[0]!.holds
}

/** Age in seconds, by the database's clock, of the oldest change not seen in the snapshot. */
export async function journalLag(database: Queryable, seen: Snapshot): Promise<number> {
  const { rows } = await database.query<{ seconds: number }>(LAG, [formatSnapshot(seen)])
  return rows[0]!.seconds
}
