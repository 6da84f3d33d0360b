import { IocError } from '../../node/errors.ts'
import type { Database } from '../connect.ts'
import { type CopiedTable, copiedTables } from './tables.ts'

/** Rows sent in one statement. */
const PAGE = 5_000

export interface CopyProgress {
  table: string
  rows: number
}

/**
 * Copies everything stored from one migrated database into another, freshly migrated one, table by table, and
 * counts both sides afterwards. The programs must be stopped: nothing may change meanwhile.
 * @throws IocError copy-target-used when the target already has schools; copy-differs when a count is not the same.
 */
export async function copyDatabase(
  from: Database,
  to: Database,
  onTable: (progress: CopyProgress) => void,
): Promise<void> {
  const { rows } = await to.query<{ n: number }>('select count(*) as n from school')
  if (rows[0]!.n > 0) throw new IocError('copy-target-used', { target: to.target })
  for (const table of copiedTables.toReversed()) await to.query(`delete from ${table.name}`)
  for (const table of copiedTables) {
    const copied = await copyTable(from, to, table)
    const found = await to.query<{ n: number }>(`select count(*) as n from ${table.name}`)
    if (found.rows[0]!.n !== copied)
      throw new IocError('copy-differs', { table: table.name, copied, found: found.rows[0]!.n })
    onTable({ table: table.name, rows: copied })
  }
  await refreshAggregates(to)
}

async function copyTable(from: Database, to: Database, table: CopiedTable): Promise<number> {
  const size = table.page ?? PAGE
  let copied = 0
  for (const { where, values } of await pieces(from, table)) {
    for (let offset = 0; ; offset += size) {
      const page = await from.query<{ rows: string | null; n: number }>(
        `select jsonb_agg(to_jsonb(page))::text as rows, count(*) as n
         from (select * from ${table.name} ${where} order by ${await keyOf(from, table.name)} limit ${size} offset ${offset}) as page`,
        values,
      )
      const { rows, n } = page.rows[0]!
      if (rows === null) break
      await to.query(
        `insert into ${table.name} overriding system value select * from jsonb_populate_recordset(null::${table.name}, $1::jsonb)`,
        [rows],
      )
      copied += n
      if (n < size) break
    }
  }
  if (table.identity) {
    await to.query(
      `select setval(pg_get_serial_sequence($1, 'id'), (select coalesce(max(id), 0) + 1 from ${table.name}), false)`,
      [table.name],
    )
  }
  return copied
}

/** The spans of time a table is copied along; one piece without bounds for a small table. */
async function pieces(from: Database, table: CopiedTable): Promise<{ where: string; values: string[] }[]> {
  if (!table.along) return [{ where: '', values: [] }]
  const { column, piece } = table.along
  const { rows } = await from.query<{ start: string; stop: string }>(
    `select g::timestamptz::text as start, (g + interval '1 ${piece}')::timestamptz::text as stop
     from (select min(${column})::timestamptz as first, max(${column})::timestamptz as last from ${table.name}) as span,
       generate_series(date_trunc('${piece}', first), last, interval '1 ${piece}') as g`,
  )
  return rows.map(({ start, stop }) => ({
    where: `where ${column}::timestamptz >= $1::timestamptz and ${column}::timestamptz < $2::timestamptz`,
    values: [start, stop],
  }))
}

/** Primary key columns, so that pages follow each other without gap or overlap. */
async function keyOf(from: Database, table: string): Promise<string> {
  const { rows } = await from.query<{ columns: string }>(
    `select string_agg(quote_ident(a.attname), ', ' order by array_position(i.indkey, a.attnum)) as columns
     from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
     where i.indrelid = $1::regclass and i.indisprimary`,
    [table],
  )
  return rows[0]!.columns
}

async function refreshAggregates(to: Database): Promise<void> {
  for (const aggregate of ['reading_1m', 'reading_5m', 'reading_1h', 'reading_1d']) {
    await to.query(`call refresh_continuous_aggregate('${aggregate}', null, null)`)
  }
}
