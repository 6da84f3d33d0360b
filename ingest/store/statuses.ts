import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import { letter, type Status } from '../records.ts'
import { countMessages, flags, moments, numbers, split, texts, type Written } from './columns.ts'

const STORE = sql(import.meta.url, '../sql/store-statuses.sql')

/** Statements of schools whether they are open; the one with the newest `since` is the current one. */
export async function storeStatuses(client: Queryable, rows: readonly Status[]): Promise<Written<Status>> {
  const { rows: known } = await client.query<{ position: number; differs: boolean }>(STORE, [
    numbers(rows, (row) => row.status.since),
    numbers(rows, (row) => row.schoolId),
    flags(rows, (row) => row.status.open),
    texts(rows, (row) => row.status.reason),
    moments(rows, (row) => row.message.receivedAt),
    countMessages(rows),
  ])
  const { inside, outside } = split(rows, new Set(known.map((row) => row.position)))
  const differing = new Set(known.filter((row) => row.differs).map((row) => rows[row.position - 1]!))
  return {
    stored: outside,
    duplicates: inside.filter((row) => !differing.has(row)),
    letters: [...differing].map((row) => {
      const since = new Date(row.status.since).toISOString()
      const about = {
        field: 'since',
        value: since,
        detail: `another status since ${since} is stored`,
        school: row.school,
      }
      return letter(row.message, 'status-conflict', about)
    }),
  }
}
