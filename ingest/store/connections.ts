import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import type { Connection } from '../records.ts'
import { countMessages, flags, numbers, split, type Written } from './columns.ts'

const STORE = sql(import.meta.url, '../sql/store-connections.sql')

/** Changes of connection, and the newest of each device as the current one. `now`: milliseconds since 1970. */
export async function storeConnections(
  client: Queryable,
  rows: readonly Connection[],
  now: number,
): Promise<Written<Connection>> {
  const { rows: known } = await client.query<{ position: number }>(STORE, [
    numbers(rows, (row) => row.at),
    numbers(rows, (row) => row.deviceId),
    numbers(rows, (row) => row.schoolId),
    flags(rows, (row) => row.online),
    flags(rows, (row) => row.message.retained || row.unlessKnown === true),
    countMessages(rows),
    now,
  ])
  const { inside, outside } = split(rows, new Set(known.map((row) => row.position)))
  return { stored: outside, duplicates: inside, letters: [] }
}
