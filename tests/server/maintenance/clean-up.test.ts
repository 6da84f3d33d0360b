import { afterAll, beforeAll, expect, test } from 'vitest'
import { deleteSurplusDeadLetters } from '../../../server/maintenance/clean-up.ts'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())

test('a flood of dead letters is bounded: the newest stay, the oldest go, a statement at a time', async () => {
  await db.database.query(
    `insert into dead_letter (received_at, source, topic, payload, reason, detail, remedy)
      select now(), 'mqtt', 't' || g, '', 'not-json', 'd', 'r' from generate_series(1, 5200) g`,
  )
  const first = await deleteSurplusDeadLetters(db.database, 100)
  expect(first).toMatchObject({ detail: '5000 rows', more: true })
  const second = await deleteSurplusDeadLetters(db.database, 100)
  expect(second).toMatchObject({ detail: '100 rows', more: false })
  const { rows } = await db.database.query('select count(*) as n, min(id) as oldest from dead_letter')
  expect(rows).toEqual([{ n: 100, oldest: 5101 }])
})
