import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  deleteOldDeadMessages,
  deleteSurplusRefused,
  deleteSurplusWaiting,
  evenShare,
} from '../../../server/maintenance/dead-messages.ts'
import { readRetention } from '../../../server/maintenance/retention.ts'
import { DAY_MS } from '../../../shared/domain/time.ts'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { addDeadMessage } from '../../helpers/dead-letters.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())
beforeEach(async () => {
  await db.database.query('truncate dead_letter, dead_message restart identity')
})

const NOW = Date.parse('2026-11-23T01:00:00Z')
const MUCH = 1_000_000_000
const ids = async (where = 'true') =>
  (
    await db.database.query<{ id: number }>(`select id from dead_message where ${where} order by id`)
  ).rows.map((row) => row.id)
const lettersLeft = async () =>
  (await db.database.query('select count(*) as n from dead_letter')).rows[0]!['n']
const waiting = (device: string, more: object = {}) =>
  addDeadMessage(db.database, {
    letters: [{ reason: 'unregistered-device', format: 'native', device }],
    ...more,
  })

test('a flood of refused messages is bounded: the newest stay, the oldest go, a statement at a time', async () => {
  await db.database.query(
    `with flood as (
      insert into dead_message (received_at, source, topic, payload, size, qos, retained, waiting, letters)
      select now(), 'mqtt', 't' || g, '', 0, 1, false, false, 2 from generate_series(1, 1200) g returning id
    )
    insert into dead_letter (message_id, reason, detail, remedy)
    select id, 'not-json', 'd', 'r' from flood, generate_series(1, 2)`,
  )
  const kept = await waiting('TH-01/room-9')
  const refused = { keepDays: 1, keepLetters: 100, keepBytes: MUCH }
  const first = await deleteSurplusRefused(db.database, { refused })
  expect(first).toMatchObject({ detail: '1000 messages', more: true })
  const second = await deleteSurplusRefused(db.database, { refused })
  expect(second).toMatchObject({ detail: '150 messages', more: false })
  const left = await ids('not waiting')
  expect([left.length, left[0], left.at(-1)]).toEqual([50, 1151, 1200])
  expect(await ids('waiting')).toEqual([kept])
  expect(await lettersLeft()).toBe(101)
})

test('refused messages are bounded by their bytes too', async () => {
  for (let i = 0; i < 5; i++) await addDeadMessage(db.database, { payload: Buffer.alloc(1_000) })
  await deleteSurplusRefused(db.database, { refused: { keepDays: 1, keepLetters: MUCH, keepBytes: 3_000 } })
  expect(await ids()).toEqual([3, 4, 5])
})

test('when too much waits, the oldest of the device with the most go first; who sent little loses nothing', async () => {
  const quiet = [await waiting('A/1'), await waiting('B/1')]
  for (let i = 0; i < 20; i++) await waiting('C/loud')
  for (let i = 0; i < 6; i++) await waiting('C/less')
  const refused = await addDeadMessage(db.database)
  const bounds = { waiting: { keepDays: 7, keepMessages: 13, keepBytes: MUCH } }
  expect(await deleteSurplusWaiting(db.database, bounds)).toMatchObject({ detail: '16 messages' })
  // The two quiet ones, and of the others the five newest each.
  expect(await ids()).toEqual([...quiet, 18, 19, 20, 21, 22, 24, 25, 26, 27, 28, refused])
  expect(await deleteSurplusWaiting(db.database, bounds)).toMatchObject({ detail: 'within bounds' })
})

test('what waits is bounded by its bytes too', async () => {
  for (let i = 0; i < 6; i++) await waiting('A/1', { payload: Buffer.alloc(1_000) })
  await waiting('A/2', { payload: Buffer.alloc(1_000) })
  const bounds = { waiting: { keepDays: 7, keepMessages: MUCH, keepBytes: 3_500 } }
  await deleteSurplusWaiting(db.database, bounds)
  expect(await ids()).toEqual([6, 7])
  expect(await deleteSurplusWaiting(db.database, bounds)).toMatchObject({ detail: 'within bounds' })
})

test.each([
  [[20, 6, 1, 1], 12, 5],
  [[1, 2, 3], 6, 6],
  [[9, 9, 9], 3, 1],
  [[9, 9, 9], 2, 0],
  [[], 5, 5],
])(
  'of devices with %j messages that may keep %i together each keeps at most %i',
  (counts, allowed, share) => {
    expect(evenShare(counts, allowed)).toBe(share)
  },
)

test('what waits is kept for seven days, what is refused for two years', async () => {
  const { deadMessages } = readRetention(false)
  const before = (days: number) => new Date(NOW - days * DAY_MS)
  await waiting('A/1', { at: before(7.01) })
  const young = await waiting('A/1', { at: before(6.99) })
  const refused = await addDeadMessage(db.database, { at: before(729) })
  await addDeadMessage(db.database, { at: before(731) })
  expect(await deleteOldDeadMessages(db.database, deadMessages, NOW)).toMatchObject({
    detail: '1 refused, 1 waiting',
    more: false,
  })
  expect(await ids()).toEqual([young, refused])
})
