import { readFileSync } from 'node:fs'
import { z } from 'zod'

const Days = z.number().int().positive()
const Count = z.number().int().positive()

/** A hypertable or continuous aggregate, dropped chunk by chunk. */
const ChunkedTable = z.strictObject({
  table: z.string().regex(/^[a-z0-9_]+$/),
  kind: z.literal('chunks'),
  timeType: z.enum(['timestamptz', 'date']),
  keepDays: Days,
  /** On the embedded database, which shares its disk and its time with everything else. */
  embeddedKeepDays: Days.optional(),
  compressAfterDays: Days.optional(),
})
export type ChunkedTable = z.infer<typeof ChunkedTable>

/** A plain table, whose old rows are deleted. */
const PlainTable = z.strictObject({
  table: z.string().regex(/^[a-z0-9_]+$/),
  kind: z.literal('rows'),
  timeColumn: z.string().regex(/^[a-z0-9_]+$/),
  keepDays: Days,
})
export type PlainTable = z.infer<typeof PlainTable>

const Retention = z.strictObject({
  source: z.string(),
  tables: z.array(z.discriminatedUnion('kind', [ChunkedTable, PlainTable])),
  /** However young they are, their number is bounded: a device gone wrong must not fill the disk. */
  deadMessages: z.strictObject({
    refused: z.strictObject({ keepDays: Days, keepLetters: Count, keepBytes: Count }),
    /** Those that wait for a registration or a birth. */
    waiting: z.strictObject({ keepDays: Days, keepMessages: Count, keepBytes: Count }),
  }),
  journal: z.strictObject({
    keepDays: Days,
    /** Rows the engine has not read yet are kept longer, but not for ever. */
    unreadKeepDays: Days,
  }),
})
export type Retention = z.infer<typeof Retention>

/** How long data is kept, from shared/data/retention.json; the shorter times of the embedded database where it is one. */
export function readRetention(embedded: boolean): Retention {
  const file = new URL('../../shared/data/retention.json', import.meta.url)
  const retention = Retention.parse(JSON.parse(readFileSync(file, 'utf8')))
  if (!embedded) return retention
  return {
    ...retention,
    tables: retention.tables.map((table) =>
      table.kind === 'chunks' ? { ...table, keepDays: table.embeddedKeepDays ?? table.keepDays } : table,
    ),
  }
}

/** Days kept of a table. @throws Error when retention.json does not name it. */
export function keepDays(retention: Retention, table: string): number {
  const found = retention.tables.find((known) => known.table === table)
  if (!found) throw new Error(`shared/data/retention.json does not name the table ${table}`)
  return found.keepDays
}
