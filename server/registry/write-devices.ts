import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import { hashSecret, verifySecret } from '../../shared/node/secret.ts'
import type { DeviceRow, UsernameHolders } from './device-row.ts'
import type { Written } from './write.ts'

const CREDENTIALS = sql(import.meta.url, './sql/credentials.sql')
const UPSERT_DEVICES = sql(import.meta.url, './sql/upsert-devices.sql')
const UPSERT_CREDENTIALS = sql(import.meta.url, './sql/upsert-credentials.sql')
const REMOVE_ALIASES = sql(import.meta.url, './sql/remove-aliases.sql')
const UPSERT_ALIASES = sql(import.meta.url, './sql/upsert-aliases.sql')

export interface StoredCredentials {
  holders: UsernameHolders
  /** Hash by `school/device user`. */
  hashes: ReadonlyMap<string, string>
}

export async function readCredentials(database: Queryable): Promise<StoredCredentials> {
  const { rows } = await database.query<{ username: string; secret_hash: string; holder: string }>(
    CREDENTIALS,
  )
  return {
    holders: new Map(rows.map((row) => [row.username, row.holder])),
    hashes: new Map(rows.map((row) => [`${row.holder} ${row.username}`, row.secret_hash])),
  }
}

/** A device whose credential differs from the stored one, with the hash to keep. */
export interface NewCredential {
  school: string
  code: string
  username: string
  hash: string
}

/**
 * Hashes the secrets that are not the stored ones already. Done before any transaction is open, because a hash
 * takes about 50 ms on purpose.
 */
export async function hashNewSecrets(
  devices: readonly DeviceRow[],
  stored: StoredCredentials,
  onDone: () => void,
): Promise<NewCredential[]> {
  const found: NewCredential[] = []
  for (const { school, code, credential } of devices) {
    if (credential === null) continue
    const { username, secret } = credential
    const known = stored.hashes.get(`${school}/${code} ${username}`)
    if (known === undefined || !(await verifySecret(secret, known))) {
      found.push({ school, code, username, hash: await hashSecret(secret) })
    }
    onDone()
  }
  return found
}

/** Writes devices, their credentials and their vendors' names; returns `school/device` created and changed. */
export async function writeDevices(
  client: Queryable,
  devices: readonly DeviceRow[],
  credentials: readonly NewCredential[],
  now: number,
): Promise<Written> {
  const rows = JSON.stringify(devices.map(deviceRecord))
  const upserted = await client.query<{ code: string; created: boolean }>(UPSERT_DEVICES, [rows])
  const written = await client.query<{ code: string }>(UPSERT_CREDENTIALS, [
    JSON.stringify(credentials),
    new Date(now),
  ])
  const named = await writeAliases(client, devices)
  const created = new Set(upserted.rows.filter((row) => row.created).map((row) => row.code))
  const touched = [...upserted.rows, ...written.rows, ...named].map((row) => row.code)
  return { created, changed: new Set(touched.filter((code) => !created.has(code))) }
}

/** Only of devices whose names the file speaks of. */
async function writeAliases(client: Queryable, devices: readonly DeviceRow[]): Promise<{ code: string }[]> {
  const named = devices.filter(({ aliases }) => aliases !== null)
  if (named.length === 0) return []
  const holders = JSON.stringify(named.map(({ school, code }) => ({ school, code })))
  const aliases = JSON.stringify(
    named.flatMap(({ school, code, aliases }) =>
      (aliases ?? []).map((alias) => ({ school, code, ...alias })),
    ),
  )
  const removed = await client.query<{ code: string }>(REMOVE_ALIASES, [holders, aliases])
  const upserted = await client.query<{ code: string }>(UPSERT_ALIASES, [aliases])
  return [...removed.rows, ...upserted.rows]
}

function deviceRecord({ line: _line, credential: _credential, aliases: _aliases, ...device }: DeviceRow) {
  return device
}
