import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { JournalFollower } from '../../../server/feed/follower.ts'
import { journalHolds, readSnapshot } from '../../../server/feed/journal.ts'
import { before } from '../../../server/feed/position.ts'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { METRIC, seedProvince, type TestProvince, writeReadings, writeRolls } from '../harness.ts'

const AT = Date.parse('2026-11-23T08:00:00+07:00')

let db: TestDatabase
let province: TestProvince
let follower: JournalFollower

beforeAll(async () => {
  db = await createTestDatabase()
  province = await seedProvince(db.database, { schools: 5, rooms: 1 })
})
beforeEach(async () => {
  const { xmin } = await readSnapshot(db.database)
  follower = new JournalFollower(db.database, before(xmin))
  await follower.follow(() => {})
})
afterAll(() => db.drop())

let written = 0
/** Transactions that run side by side write of different schools: the latest reading of a device is locked. */
const reading = (value: number, school = 0) => {
  written += 1
  return { device: province.schools[school]!.gateway, metric: METRIC.power, at: AT + written, value }
}

async function amounts(): Promise<number[]> {
  const read: number[] = []
  await follower.follow((row) => read.push(...row.amounts))
  return read
}

test('what is committed is given once, whole and in order', async () => {
  await writeReadings(db.database, [reading(0.1), reading(0.25)])
  await writeReadings(db.database, [reading(0.3)])
  expect(await amounts()).toEqual([0.1, 0.25, 0.3])
  expect(await amounts()).toEqual([])
})

test('a row says what was stored: devices, times to the millisecond, rolls by day and school', async () => {
  const first = reading(1)
  await writeReadings(db.database, [first, first])
  const school = province.schools[0]!.id
  const roll = { school, day: '2026-11-23', session: 'morning' as const, class: '1A' }
  await writeRolls(db.database, [
    { ...roll, enrolled: 30, present: 30, late: 0, excused: 0, unexcused: 0, takenAt: AT },
  ])
  const rows: unknown[] = []
  await follower.follow((row) => rows.push(row))
  expect(rows).toMatchObject([
    { kind: 'readings', devices: [first.device], metrics: [METRIC.power], times: [first.at], amounts: [1] },
    { kind: 'rolls', schoolDays: [{ day: '2026-11-23', school }] },
  ])
})

test('more than one reading of the journal can hold is given in order, in one round', async () => {
  for (let n = 0; n < 120; n++) await writeReadings(db.database, [reading(n / 200)])
  expect(await amounts()).toEqual(Array.from({ length: 120 }, (_, n) => n / 200))
})

test('a row applied before the database failed is not given again', async () => {
  await writeReadings(db.database, [reading(0.5)])
  await writeReadings(db.database, [reading(0.6)])
  const read: number[] = []
  await expect(
    follower.follow((row) => {
      if (row.amounts[0] === 0.6 && read.length === 1) throw new Error('stop here')
      read.push(...row.amounts)
    }),
  ).rejects.toThrow('stop here')
  await follower.follow((row) => read.push(...row.amounts))
  expect(read).toEqual([0.5, 0.6])
})

test('a journal pruned beyond the position is known as a gap, and so is a position of another database', async () => {
  await writeReadings(db.database, [reading(1)])
  await amounts()
  expect(await journalHolds(db.database, follower.position)).toBe(true)
  await db.database.query('delete from journal')
  await writeReadings(db.database, [reading(1)])
  expect(await journalHolds(db.database, follower.position)).toBe(false)
  expect(await journalHolds(db.database, { xid: 2n ** 60n, seq: 1n })).toBe(false)
})

test.skipIf(!process.env['TEST_DATABASE_URL'])(
  'a transaction that began first and commits last is neither missed nor given twice, and nobody waits for it',
  async () => {
    const slow = new pg.Client(db.url)
    await slow.connect()
    try {
      await slow.query('begin')
      await writeReadings(slow, [reading(0.1, 1)])
      await writeReadings(db.database, [reading(0.2)])
      const before = follower.position
      expect(await amounts()).toEqual([0.2])
      await writeReadings(db.database, [reading(0.3)])
      expect(await amounts()).toEqual([0.3])
      // Who starts again from what is saved meanwhile reads all three.
      const saved = follower.position
      expect(saved).toEqual(before)
      await slow.query('commit')
      expect(await amounts()).toEqual([0.1])
      expect(await amounts()).toEqual([])
      const restarted = new JournalFollower(db.database, saved)
      const again: number[] = []
      await restarted.follow((row) => again.push(...row.amounts))
      expect(again.sort()).toEqual(expect.arrayContaining([0.1, 0.2, 0.3]))
    } finally {
      await slow.end()
    }
  },
)

test.skipIf(!process.env['TEST_DATABASE_URL'])('a transaction that rolls back leaves nothing', async () => {
  const slow = new pg.Client(db.url)
  await slow.connect()
  try {
    await slow.query('begin')
    await writeReadings(slow, [reading(0.1, 1)])
    await writeReadings(db.database, [reading(0.4)])
    await slow.query('rollback')
    expect(await amounts()).toEqual([0.4])
    expect(await amounts()).toEqual([])
  } finally {
    await slow.end()
  }
})

test.skipIf(!process.env['TEST_DATABASE_URL'])(
  'many transactions at once, some slow, are each given once',
  async () => {
    const read: number[] = []
    const take = () => follower.follow((row) => read.push(...row.amounts))
    let writing = true
    const following = (async () => {
      while (writing) await take()
      await take()
    })()
    await Promise.all(
      Array.from({ length: 4 }, async (_, writer) => {
        for (let n = 0; n < 40; n++) {
          await db.database.transaction(async (client) => {
            await writeReadings(client, [reading((writer * 100 + n) / 1000, 1 + writer)])
            await new Promise((resolve) => setTimeout(resolve, (n * 7 + writer * 3) % 11))
          })
        }
      }),
    )
    writing = false
    await following
    const all = Array.from({ length: 4 }, (_, writer) =>
      Array.from({ length: 40 }, (_, n) => (writer * 100 + n) / 1000),
    ).flat()
    expect(read.sort((a, b) => a - b)).toEqual(all)
  },
)
