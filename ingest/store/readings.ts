import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import type { Message } from '../message.ts'
import type { Reading } from '../records.ts'
import { doubleArray, intArray, smallintArray, timestampArray } from './binary-columns.ts'
import { split, type Written } from './columns.ts'

const STORE = sql(import.meta.url, '../sql/store-readings.sql')

/** Readings, when their devices were last seen, and their line in the journal, in one statement. */
export async function storeReadings(client: Queryable, rows: readonly Reading[]): Promise<Written<Reading>> {
  const count = rows.length
  const devices = new Int32Array(count)
  const metrics = new Int16Array(count)
  const times = new Float64Array(count)
  const values = new Float64Array(count)
  const qualities = new Int16Array(count)
  const schools = new Set<number>()
  const messages = new Set<Message>()
  for (let n = 0; n < count; n++) {
    const row = rows[n]!
    devices[n] = row.deviceId
    metrics[n] = row.metricId
    times[n] = row.at
    values[n] = row.value
    qualities[n] = row.quality
    schools.add(row.schoolId)
    messages.add(row.message)
  }
  const { rows: answer } = await client.query<{ duplicates: number[] | null }>(STORE, [
    intArray(devices),
    smallintArray(metrics),
    timestampArray(times),
    doubleArray(values),
    smallintArray(qualities),
    count,
    messages.size,
    intArray([...schools]),
  ])
  const duplicates = answer[0]?.duplicates
  if (!duplicates) return { stored: rows, duplicates: [], letters: [] }
  const { inside, outside } = split(rows, new Set(duplicates))
  return { stored: outside, duplicates: inside, letters: [] }
}
