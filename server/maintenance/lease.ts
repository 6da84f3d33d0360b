import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'

const TAKE = sql(import.meta.url, './sql/take-lease.sql')
const GIVE_BACK = sql(import.meta.url, './sql/give-lease-back.sql')

/** Longer than any statement of ours, so that a lease does not run out under one. */
export const LEASE_SECONDS = 120

/** Takes or renews the right to run the maintenance; false while another server has it. */
export async function takeLease(database: Queryable, holder: string): Promise<boolean> {
  const { rows } = await database.query(TAKE, [holder, LEASE_SECONDS])
  return rows.length === 1
}

export async function giveLeaseBack(database: Queryable, holder: string): Promise<void> {
  await database.query(GIVE_BACK, [holder])
}
