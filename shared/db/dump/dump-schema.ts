import type { Queryable } from '../connect.ts'
import { sql } from '../sql.ts'

const TABLES = sql(import.meta.url, './sql/tables.sql')
const COLUMNS = sql(import.meta.url, './sql/columns.sql')
const CONSTRAINTS = sql(import.meta.url, './sql/constraints.sql')
const INDEXES = sql(import.meta.url, './sql/indexes.sql')
const VIEWS = sql(import.meta.url, './sql/views.sql')

const HEAD = `-- The schema as all migrations together make it: written by \`npm run schema\`, kept equal by a test, so that a
-- change can be read as the difference it makes. It is for reading; databases are made by shared/db/migrations.
`

/** Every table, constraint, index, view, function and trigger of the schema as text, in an order of its own. */
export async function dumpSchema(database: Queryable): Promise<string> {
  const tables = (await database.query<TableRow>(TABLES)).rows
  const columns = (await database.query<ColumnRow>(COLUMNS)).rows
  const constraints = (await database.query<{ table: string; definition: string }>(CONSTRAINTS)).rows
  const indexes = (await database.query<{ name: string; definition: string }>(INDEXES)).rows
  const others = (await database.query<OtherRow>(VIEWS)).rows
  const parts = tables.map((table) =>
    describeTable(
      table,
      columns.filter((column) => column.table === table.name),
      constraints.filter((one) => one.table === table.name).map(({ definition }) => definition),
    ),
  )
  const own = indexes.filter(({ name }) => !/_(ts|day|since|at)_idx$/.test(name))
  parts.push(own.map(({ definition }) => `${definition.replaceAll('public.', '')};`).join('\n'))
  for (const other of others) parts.push(describeOther(other))
  return `${HEAD}\n${parts.join('\n\n')}\n`
}

interface TableRow {
  name: string
  comment: string | null
  options: string | null
  timeColumn: string | null
  chunkInterval: string | null
}

interface ColumnRow {
  table: string
  name: string
  type: string
  notNull: boolean
  identity: boolean
  fallback: string | null
  comment: string | null
}

interface OtherRow {
  kind: 'view' | 'function' | 'trigger'
  name: string
  definition: string
  comment: string | null
  continuous: boolean
}

function describeTable(table: TableRow, columns: ColumnRow[], constraints: string[]): string {
  const lines = [
    ...columns.map((column) =>
      [
        column.name,
        column.type,
        column.notNull ? 'not null' : '',
        column.identity ? 'generated always as identity' : '',
        column.fallback === null ? '' : `default ${column.fallback}`,
      ]
        .filter(Boolean)
        .join(' '),
    ),
    ...constraints.map((definition) => definition.replaceAll('public.', '')),
  ]
  const options = table.options ? ` with (${table.options})` : ''
  const text = [`create table ${table.name} (\n  ${lines.join(',\n  ')}\n)${options};`]
  if (table.timeColumn) text.push(`-- hypertable by ${table.timeColumn}, chunks of ${table.chunkInterval}`)
  if (table.comment) text.push(`comment on table ${table.name} is ${quoted(table.comment)};`)
  for (const { name, comment } of columns) {
    if (comment) text.push(`comment on column ${table.name}.${name} is ${quoted(comment)};`)
  }
  return text.join('\n')
}

function describeOther({ kind, name, definition, comment, continuous }: OtherRow): string {
  const plain = definition.trim().replace(/;$/, '').replaceAll('public.', '')
  // Servers before PostgreSQL 16 write the table before each column, though a continuous aggregate has but one.
  const from = continuous ? /FROM (\w+)/.exec(plain)?.[1] : undefined
  const body = from ? plain.replaceAll(`${from}.`, '') : plain
  const head = kind === 'view' ? `create ${continuous ? 'materialized view' : 'view'} ${name} as\n` : ''
  const text = `${continuous ? '-- continuous aggregate\n' : ''}${head}${body};`
  return comment ? `${text}\ncomment on ${kind} ${name} is ${quoted(comment)};` : text
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
