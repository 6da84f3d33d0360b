import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import { hashSecret, verifySecret } from '../../shared/node/secret.ts'
import type { DeviceRow, UsernameHolders } from './device-row.ts'
import type { Written } from './write.ts'

const CREDENTIALS = sql(import.meta.url, './sql/credentials.sql')
const UPSERT_DEVICES = sql(import.meta.url, './sql/upsert-devices.sql')
const UPSERT_CREDENTIALS = sql(import.meta.url, './sql/upsert-credentials.sql')

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

/** Writes devices and their credentials; returns `school/device` created and changed. */
export async function writeDevices(
  client: Queryable,
  devices: readonly DeviceRow[],
  credentials: readonly NewCredential[],
  now: number,
): Promise<Written> {
  const rows = JSON.stringify(devices.map(({ line: _line, credential: _credential, ...device }) => device))
  const upserted = await client.query<{ code: string; created: boolean }>(UPSERT_DEVICES, [rows])
  const written = await client.query<{ code: string }>(UPSERT_CREDENTIALS, [
    JSON.stringify(credentials),
    new Date(now),
  ])
  const created = new Set(upserted.rows.filter((row) => row.created).map((row) => row.code))
  const touched = [...upserted.rows, ...written.rows].map((row) => row.code)
  return { created, changed: new Set(touched.filter((code) => !created.has(code))) }
}
