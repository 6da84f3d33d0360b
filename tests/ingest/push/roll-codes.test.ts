import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { ErrorReply } from '../../../shared/contract/http.ts'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { type IngestHarness, startIngest } from '../harness.ts'
import { addSchools } from '../registry-fixture.ts'
import { MORNING, postJson } from './pushes.ts'

let db: TestDatabase
let ingest: IngestHarness
beforeAll(async () => {
  db = await createTestDatabase()
  await addSchools(db.database)
  ingest = await startIngest({ databaseUrl: db.url, clock: { now: () => MORNING } })
})
afterAll(async () => {
  await ingest.stop()
  await db.drop()
})
beforeEach(() => db.database.query('truncate roll, roll_current, dead_letter, dead_message'))

const roll = (codes: unknown, more: object = {}) => ({
  ...{ id: 'r-1', date: '2026-11-23', session: 'morning', class: '7C', revision: 0 },
  takenAt: '2026-11-23T06:55:00+07:00',
  codes,
  ...more,
})
const push = (body: unknown, school = 'TH-01') =>
  postJson(`${ingest.httpUrl}/api/v1/push/roll-codes/${school}`, body)
const stored = async () =>
  (
    await db.database.query(
      'select class, enrolled, present, late, excused, unexcused, consistent from roll_current order by class',
    )
  ).rows

test('a list of codes becomes the counts of a roll', async () => {
  const { status, text } = await push(roll(['C', 'c', 'M', 'P', 'K', 'Tardy', 'Excused Absence']))
  expect([status, JSON.parse(text)]).toEqual([200, { stored: 1, duplicate: 0, rejected: [] }])
  expect(await stored()).toEqual([
    { class: '7C', enrolled: 7, present: 4, late: 2, excused: 2, unexcused: 1, consistent: true },
  ])
})

test('whoever is not yet checked keeps the roll out of the rates until a later revision tells', async () => {
  await push([roll(['C', null, 'K']), roll(['C'], { class: '7D' })])
  expect(await stored()).toMatchObject([
    { class: '7C', enrolled: 3, present: 1, unexcused: 1, consistent: false },
    { class: '7D', consistent: true },
  ])
  await push(roll(['C', 'P', 'K'], { revision: 1 }))
  expect((await stored())[0]).toMatchObject({
    enrolled: 3,
    present: 1,
    excused: 1,
    unexcused: 1,
    consistent: true,
  })
})

test.each([
  ['an unknown code', roll(['C', 'X']), 'codes.1'],
  ['one of an array', [roll(['C']), roll(['C', 5])], '[1].codes.1'],
  ['a list of which nobody is checked', roll([null, null]), 'codes'],
  ['an empty list', roll([]), 'codes'],
  ['a field too many', roll(['C'], { name: 'x' }), 'name'],
  ['a session that is none', roll(['C'], { session: 'evening' }), 'session'],
])('%s is refused, named by its place, and nothing is stored', async (_what, body, field) => {
  const { status, text } = await push(body)
  expect(status).toBe(422)
  expect(ErrorReply.parse(JSON.parse(text)).problems).toMatchObject([{ field, value: '' }])
  expect(await stored()).toEqual([])
  expect((await db.database.query('select 1 from dead_letter')).rows).toEqual([])
})

test('a school that is not there is not found', async () => {
  expect((await push(roll(['C']), 'XX-1')).status).toBe(404)
  expect((await push(roll(['C']), 'a b')).status).toBe(404)
})

test('the same codes under the same revision are a duplicate, others a conflict', async () => {
  await push(roll(['C', 'K']))
  expect(JSON.parse((await push(roll(['K', 'C']))).text)).toMatchObject({ stored: 0, duplicate: 1 })
  expect((await push(roll(['C', 'C']))).status).toBe(422)
})
