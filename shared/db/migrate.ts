import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { IocError } from '../node/errors.ts'
import type { Database } from './connect.ts'

/** First version whose `on conflict do nothing` is right in compressed chunks (timescale/timescaledb#7673). */
export const MINIMUM_TIMESCALE = '2.18.1'

export interface Migration {
  id: number
  name: string
  text: string
  checksum: string
}

/** The numbered, forward-only migrations of this program, in order. */
export function knownMigrations(): Migration[] {
  const folder = new URL('./migrations/', import.meta.url)
  return readdirSync(folder)
    .filter((name) => /^\d{6}-[a-z0-9-]+\.sql$/.test(name))
    .sort()
    .map((name) => {
      const text = readFileSync(new URL(name, folder), 'utf8')
      return {
        id: Number(name.slice(0, 6)),
        name,
        text,
        checksum: createHash('sha256').update(text).digest('hex'),
      }
    })
}

/**
 * Brings the schema up to date. Safe to run from several programs at once: each migration is one transaction
 * whose first statement takes the migration lock, and whoever comes second finds it done.
 * @throws IocError timescale-missing, timescale-old, schema-newer, schema-changed
 */
export async function migrate(
  database: Database,
  onApplied: (name: string) => void = () => {},
): Promise<void> {
  await requireTimescale(database)
  await database.transaction(async (client) => {
    await client.query('select pg_advisory_xact_lock(482011)')
    await client.query(
      `create table if not exists schema_migration (
        id int primary key, name text not null, checksum text not null, applied_at timestamptz not null)`,
    )
  })
  const known = knownMigrations()
  for (const migration of known) {
    const applied = await database.transaction(async (client) => {
      await client.query('select pg_advisory_xact_lock(482011)')
      const { rows } = await client.query<{ id: number; checksum: string }>(
        'select id, checksum from schema_migration',
      )
      refuseForeign(rows, known)
      if (rows.some((row) => row.id === migration.id)) return false
      await client.query(
        'insert into schema_migration (id, name, checksum, applied_at) values ($1, $2, $3, clock_timestamp())',
        [migration.id, migration.name, migration.checksum],
      )
      await client.query(migration.text)
      return true
    })
    if (applied) onApplied(migration.name)
  }
}

function refuseForeign(applied: { id: number; checksum: string }[], known: Migration[]): void {
  const newest = known.at(-1)?.id ?? 0
  for (const row of applied) {
    const mine = known.find((migration) => migration.id === row.id)
    if (!mine && row.id > newest) throw new IocError('schema-newer', { found: row.id, known: newest })
    if (!mine || mine.checksum !== row.checksum)
      throw new IocError('schema-changed', { name: mine?.name ?? row.id })
  }
}

async function requireTimescale(database: Database): Promise<void> {
  const { target } = database
  const available = await database.query(`select from pg_available_extensions where name = 'timescaledb'`)
  if (available.rows.length === 0)
    throw new IocError('timescale-missing', { target, minimum: MINIMUM_TIMESCALE })
  await database.query('create extension if not exists timescaledb')
  const { rows } = await database.query<{ extversion: string }>(
    `select extversion from pg_extension where extname = 'timescaledb'`,
  )
  assertTimescale(rows[0]?.extversion ?? '0', target)
}

/** @throws IocError timescale-old */
export function assertTimescale(found: string, target: string): void {
  if (compareVersions(found, MINIMUM_TIMESCALE) >= 0) return
  throw new IocError('timescale-old', { target, minimum: MINIMUM_TIMESCALE, found })
}

/** Compares the numeric parts of two versions; a suffix such as -dev does not count. */
export function compareVersions(a: string, b: string): number {
  const parts = (text: string) => text.split('-')[0]!.split('.').map(Number)
  const [left, right] = [parts(a), parts(b)]
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
