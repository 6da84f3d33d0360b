import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import { DAY_MS, dayOf } from '../../shared/domain/time.ts'
import type { ChunkedTable, PlainTable, Retention } from './retention.ts'
import { Stopwatch, type TaskRun } from './task-report.ts'

const PRUNE_JOURNAL = sql(import.meta.url, './sql/prune-journal.sql')
const UNCOMPRESSED = sql(import.meta.url, './sql/uncompressed-chunks.sql')
const COMPRESS = sql(import.meta.url, './sql/compress-chunk.sql')

/** Rows of one delete: short enough for everybody else to get their turn. */
const ROWS_PER_DELETE = 5_000
/** Journal rows hold the readings of a whole batch. */
const JOURNAL_ROWS_PER_DELETE = 1_000

/** Deletes changes that everybody has read. Its times are of the database's own clock, which is real time. */
export async function pruneJournal(database: Queryable, { journal }: Retention): Promise<TaskRun> {
  const watch = new Stopwatch()
  const read = new Date(Date.now() - journal.keepDays * DAY_MS)
  const unread = new Date(Date.now() - journal.unreadKeepDays * DAY_MS)
  const { result } = await watch.time(() =>
    database.query(PRUNE_JOURNAL, [read, unread, JOURNAL_ROWS_PER_DELETE]),
  )
  return { longestMs: watch.longestMs, detail: `${result.rowCount ?? 0} rows` }
}

/** Drops the chunks of a table that are older than it is kept. */
export async function dropOldChunks(database: Queryable, table: ChunkedTable, now: number): Promise<TaskRun> {
  const watch = new Stopwatch()
  const moment = now - table.keepDays * DAY_MS
  const olderThan = table.timeType === 'date' ? dayOf(moment) : new Date(moment)
  const { result } = await watch.time(() =>
    database.query(`select drop_chunks($1::regclass, older_than => $2::${table.timeType})`, [
      table.table,
      olderThan,
    ]),
  )
  return { longestMs: watch.longestMs, detail: `${result.rows.length} chunks` }
}

/** Deletes rows of a plain table that are older than it is kept, up to one statement's worth. */
export async function deleteOldRows(
  database: Queryable,
  table: PlainTable,
  now: number,
): Promise<TaskRun & { more: boolean }> {
  const watch = new Stopwatch()
  const { result } = await watch.time(() =>
    database.query(
      `delete from ${table.table} where ctid = any (array(
        select ctid from ${table.table} where ${table.timeColumn} < $1::timestamptz limit ${ROWS_PER_DELETE}))`,
      [new Date(now - table.keepDays * DAY_MS)],
    ),
  )
  const rows = result.rowCount ?? 0
  return { longestMs: watch.longestMs, detail: `${rows} rows`, more: rows === ROWS_PER_DELETE }
}

/** Compresses the oldest chunk that is due: one at a time, because packing one cannot be interrupted. */
export async function compressOneChunk(
  database: Queryable,
  table: ChunkedTable,
  now: number,
): Promise<TaskRun & { more: boolean }> {
  const watch = new Stopwatch()
  if (table.compressAfterDays === undefined) return { longestMs: 0, detail: 'not compressed', more: false }
  const before = new Date(now - table.compressAfterDays * DAY_MS)
  const { rows } = await database.query<{ chunk: string }>(UNCOMPRESSED, [table.table, before])
  const [oldest] = rows
  if (!oldest) return { longestMs: 0, detail: 'nothing due', more: false }
  await watch.time(() => database.query(COMPRESS, [oldest.chunk]))
  return { longestMs: watch.longestMs, detail: oldest.chunk, more: rows.length > 1 }
}
