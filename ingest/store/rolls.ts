import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import { letter, type Roll } from '../records.ts'
import { countMessages, flags, moments, numbers, split, texts, type Written } from './columns.ts'

const STORE = sql(import.meta.url, '../sql/store-rolls.sql')

/** Every revision of every roll, the highest as the current one, and a line in the journal. */
export async function storeRolls(client: Queryable, rows: readonly Roll[]): Promise<Written<Roll>> {
  const { rows: known } = await client.query<{ position: number; differs: boolean }>(STORE, [
    numbers(rows, (row) => row.schoolId),
    texts(rows, (row) => row.roll.date),
    texts(rows, (row) => row.roll.session),
    texts(rows, (row) => row.roll.class),
    numbers(rows, (row) => row.roll.revision),
    texts(rows, (row) => row.roll.id),
    numbers(rows, (row) => row.roll.enrolled),
    numbers(rows, (row) => row.roll.present),
    numbers(rows, (row) => row.roll.late),
    numbers(rows, (row) => row.roll.excused),
    numbers(rows, (row) => row.roll.unexcused),
    flags(rows, (row) => row.consistent),
    moments(rows, (row) => row.roll.takenAt),
    moments(rows, (row) => row.message.receivedAt),
    countMessages(rows),
  ])
  const { inside, outside } = split(rows, new Set(known.map((row) => row.position)))
  const differing = new Set(known.filter((row) => row.differs).map((row) => rows[row.position - 1]!))
  return {
    stored: outside,
    duplicates: inside.filter((row) => !differing.has(row)),
    letters: [...differing].map((row) => {
      const { date, session, revision } = row.roll
      const detail = `revision ${revision} of class ${row.roll.class}, ${date} ${session}, is stored with other counts`
      const about = { field: `${row.path}revision`, value: revision, detail, school: row.school }
      return letter(row.message, 'revision-conflict', about)
    }),
  }
}
