import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEngine, type Engine } from '../../../server/indicators/create-engine.ts'
import { checkDay } from '../../../server/recompute/check-day.ts'
import type { Database } from '../../../shared/db/connect.ts'
import { momentOf } from '../../../shared/domain/time.ts'
import { createTestDatabase, silentLog, type TestDatabase } from '../../helpers/database.ts'
import { HandClock, seedProvince, type TestProvince } from '../harness.ts'
import { DAY, LAST_WEEK, playDay, randomFrom } from './school-day.ts'

let db: TestDatabase
let province: TestProvince
const clock = new HandClock(momentOf(DAY, '05:58'))

beforeAll(async () => {
  db = await createTestDatabase()
  province = await seedProvince(db.database, { schools: 9, rooms: 2 })
})
afterAll(() => db.drop())

/** Statements fail with this probability, before they are run or, just as bad, after. */
let failing = 0
const random = randomFrom(3)
const flaky: Database = {
  target: 'flaky',
  transaction: (work) => db.database.transaction(work),
  end: async () => {},
  query: async (text, values) => {
    if (random() < failing / 2) throw lost()
    const result = await db.database.query(text, values)
    if (random() < failing / 2) throw lost()
    return result as never
  },
}
const lost = () => Object.assign(new Error('the connection was lost'), { code: '08006' })

const newEngine = () => createEngine({ database: flaky, clock, log: silentLog, saveEveryMs: 0 })
const check = (day: string) => checkDay(db.database, { day, now: () => clock.at, patienceMs: 0 })

/** Rounds until repairs are done and all is saved. */
async function settle(engine: Engine): Promise<void> {
  failing = 0
  for (let round = 0; round < 10; round++) await engine.tick()
}

test('a played day, with late data, lost connections and restarts at any moment, is stored as the raw rows say', async () => {
  let engine = newEngine()
  await engine.tick()
  failing = 0.01
  let failures = 0
  await playDay(db.database, province, clock, { from: '06:00', until: '15:00' }, async () => {
    await engine.tick().catch(() => {
      failures += 1
    })
    // Nothing is said to the old engine: it ends as by kill -9, wherever its saving is.
    if (random() < 0.15) engine = newEngine()
  })
  expect(failures).toBeGreaterThan(5)
  await settle(engine)
  expect((await check(DAY)).differences).toEqual([])
  expect((await check(LAST_WEEK)).differences).toEqual([])

  const restarted = newEngine()
  await settle(restarted)
  for (const tree of ['administrative', 'former-district'] as const) {
    const values = (of: Engine) =>
      of.area(tree, '40')!.map(({ computedAt: _at, dataAt: _age, ...value }) => value)
    expect(values(restarted)).toEqual(values(engine))
  }
}, 120_000)

test('every indicator of the played day has something to compare', async () => {
  const { summaries } = await check(DAY)
  for (const { indicator, denominator } of summaries) expect(denominator, indicator).toBeGreaterThan(0)
  const by = new Map(summaries.map((summary) => [summary.indicator, summary]))
  for (const indicator of ['co2-rooms-over', 'heat-room-share', 'flood-alarm-level', 'yard-water-depth']) {
    expect(by.get(indicator)!.numerator, indicator).toBeGreaterThan(0)
  }
  const power = by.get('power-availability')!
  expect(power.numerator).toBeLessThan(power.denominator)
})

test('a sum that is not what the raw rows say is found and named', async () => {
  const school = province.schools[4]!.id
  await db.database.query(
    `update indicator_sum set numerator = numerator + 5 where day = $1 and indicator = 'co2-good-share' and school_id = $2`,
    [DAY, school],
  )
  const { differences } = await check(DAY)
  expect(differences).toMatchObject([{ indicator: 'co2-good-share', period: 'day', school }])
})
