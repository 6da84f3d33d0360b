import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import type { Description } from '../vendor.ts'
import { numbers } from './columns.ts'

const STORE = sql(import.meta.url, '../sql/store-descriptions.sql')

/** What devices said about themselves; the newest counts. */
export async function storeDescriptions(client: Queryable, said: readonly Description[]): Promise<void> {
  if (said.length === 0) return
  await client.query(STORE, [
    said.map((one) => one.vendor.format),
    said.map((one) => one.vendor.name),
    numbers(said, (one) => one.at),
    said.map((one) => JSON.stringify(one.body).replaceAll('\\u0000', '\\ufffd')),
  ])
}
