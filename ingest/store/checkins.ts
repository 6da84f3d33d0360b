import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import type { Checkin } from '../records.ts'
import { countMessages, moments, numbers, split, texts, type Written } from './columns.ts'

const STORE = sql(import.meta.url, '../sql/store-checkins.sql')

export async function storeCheckins(client: Queryable, rows: readonly Checkin[]): Promise<Written<Checkin>> {
  const { rows: known } = await client.query<{ position: number }>(STORE, [
    numbers(rows, (row) => row.checkin.ts),
    numbers(rows, (row) => row.schoolId),
    texts(rows, (row) => row.checkin.id),
    texts(rows, (row) => row.checkin.direction),
    texts(rows, (row) => row.checkin.gate),
    moments(rows, (row) => row.message.receivedAt),
    countMessages(rows),
  ])
  const { inside, outside } = split(rows, new Set(known.map((row) => row.position)))
  return { stored: outside, duplicates: inside, letters: [] }
}
