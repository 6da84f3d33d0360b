import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import type { Reading } from '../records.ts'
import { countMessages, numbers, split, type Written } from './columns.ts'

const STORE = sql(import.meta.url, '../sql/store-readings.sql')

/** Readings, their latest values and their line in the journal, in one statement. */
export async function storeReadings(client: Queryable, rows: readonly Reading[]): Promise<Written<Reading>> {
  const schools = [...new Set(rows.map((row) => row.schoolId))]
  const { rows: answer } = await client.query<{ duplicates: number[] | null }>(STORE, [
    numbers(rows, (row) => row.deviceId),
    numbers(rows, (row) => row.metricId),
    numbers(rows, (row) => row.at),
    numbers(rows, (row) => row.value),
    numbers(rows, (row) => row.quality),
    rows.length,
    countMessages(rows),
    `{${schools.join(',')}}`,
  ])
  const { inside, outside } = split(rows, new Set(answer[0]?.duplicates ?? []))
  return { stored: outside, duplicates: inside, letters: [] }
}
