import { afterAll, beforeAll, expect, test } from 'vitest'
import { seedReference } from '../../../shared/db/seed.ts'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())

test('the province has 21 former districts and 130 communes, each commune in one former district', async () => {
  const { rows } = await db.database.query(
    `select a.kind, count(*) as n, min(a.valid_from) as first, max(a.valid_to) as last from area a group by 1 order by 1`,
  )
  expect(rows).toEqual([
    { kind: 'commune', n: 130, first: '2025-07-01', last: null },
    { kind: 'district', n: 21, first: '2022-01-01', last: '2025-06-30' },
    { kind: 'province', n: 1, first: '2022-01-01', last: null },
  ])
  const parents = await db.database.query(
    `select count(*) as n from area_edge e join area c on c.id = e.area_id and c.kind = 'commune'
     join area p on p.id = e.parent_id and p.kind = 'district' where e.tree = 'former-district'`,
  )
  expect(parents.rows[0]).toEqual({ n: 130 })
})

test('seeding again changes nothing, so that corrections by the department stay', async () => {
  await db.database.query(`update threshold set warning = 96 where indicator = 'attendance-rate'`)
  expect(await seedReference(db.database, 0)).toBe(false)
  const { rows } = await db.database.query(
    `select warning from threshold where indicator = 'attendance-rate'`,
  )
  expect(rows).toEqual([{ warning: 96 }])
})
