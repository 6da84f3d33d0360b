import { afterEach, beforeEach, expect, test } from 'vitest'
import type { BoardTick } from '../../../server/indicators/board.ts'
import { createEngine, type Engine } from '../../../server/indicators/create-engine.ts'
import { checkDay } from '../../../server/recompute/check-day.ts'
import { addDays, MINUTE_MS, momentOf } from '../../../shared/domain/time.ts'
import { createTestDatabase, silentLog, type TestDatabase } from '../../helpers/database.ts'
import {
  HandClock,
  METRIC,
  seedProvince,
  type TestProvince,
  writeReadings,
  writeRolls,
  writeStatuses,
} from '../harness.ts'

const DAY = '2026-11-23'
const clock = new HandClock(0)

let db: TestDatabase
let province: TestProvince
let engine: Engine

beforeEach(async () => {
  db = await createTestDatabase()
  province = await seedProvince(db.database, { schools: 6, rooms: 1 })
  clock.at = momentOf(DAY, '08:20')
  engine = newEngine()
  await engine.tick()
})
afterEach(() => db.drop())

const newEngine = () => createEngine({ database: db.database, clock, log: silentLog, saveEveryMs: 0 })

async function rounds(count: number, of = engine): Promise<void> {
  for (let round = 0; round < count; round++) await of.tick()
}

async function moveTo(time: string, day = DAY): Promise<void> {
  clock.at = momentOf(day, time)
  await rounds(3)
}

const differences = async (day: string) =>
  (await checkDay(db.database, { day, now: () => clock.at, patienceMs: 0 })).differences

const value = (indicator: string, period: string, area = '40') =>
  engine.area('former-district', area)!.find((v) => v.indicator === indicator && v.period === period)!

async function everyGateway(time: string, power = 1, day = DAY): Promise<void> {
  await writeReadings(
    db.database,
    province.schools.map((school) => ({
      device: school.gateway,
      metric: METRIC.power,
      at: momentOf(day, time),
      value: power,
    })),
  )
}

test('at midnight the day is closed whole, and the next one begins at nothing', async () => {
  await moveTo('16:00')
  await everyGateway('16:01')
  await everyGateway('23:58')
  await moveTo('23:59')
  expect(value('internet-availability', 'day').denominator).toBeGreaterThan(0)
  await moveTo('00:01', addDays(DAY, 1))
  await moveTo('00:02', addDays(DAY, 1))
  expect(value('internet-availability', 'day').status).toBe('not_applicable')
  expect(await differences(DAY)).toEqual([])
  const { rows } = await db.database.query(
    `select sum(numerator) as seen from indicator_sum where day = $1 and indicator = 'device-online-rate'`,
    [DAY],
  )
  expect(rows).toEqual([{ seen: 2 * 6 }])
})

test('after a night without the engine the missing hours are made up from the raw rows', async () => {
  await engine.stop()
  await everyGateway('09:01')
  await everyGateway('15:01')
  const next = addDays(DAY, 1)
  await everyGateway('06:59', 1, next)
  clock.at = momentOf(next, '07:30')
  engine = newEngine()
  await rounds(20)
  expect(await differences(DAY)).toEqual([])
  expect(await differences(next)).toEqual([])
})

test('values are compared with the sums of the same period seven days earlier', async () => {
  const lastWeek = addDays(DAY, -7)
  const roll = (school: number, day: string, present: number) => ({
    school,
    day,
    session: 'morning' as const,
    class: '1A',
    enrolled: 30,
    present,
    late: 0,
    excused: 30 - present,
    unexcused: 0,
    takenAt: clock.at,
  })
  await writeRolls(
    db.database,
    province.schools.map(({ id }) => roll(id, DAY, 30)),
  )
  await rounds(1)
  expect(value('attendance-rate', 'morning')).toMatchObject({ value: 100, previous: null })
  await writeRolls(
    db.database,
    province.schools.map(({ id }) => roll(id, lastWeek, 24)),
  )
  await rounds(4)
  expect(value('attendance-rate', 'morning')).toMatchObject({ value: 100, previous: 80 })
  expect(await differences(lastWeek)).toEqual([])
})

test('a change of the registry counts for the whole day, as the raw rows say', async () => {
  await everyGateway('08:15')
  await moveTo('08:30')
  const school = province.schools[0]!
  await db.database.query(
    `insert into device (school_id, site_id, code, kind, interval_s, valid_from, simulated)
      select $1, id, 'GW2', 'gateway', 60, '2022-01-01', true from site where school_id = $1`,
    [school.id],
  )
  await db.database.query(
    `update school_session set ends = '09:30' where school_id = $1 and session = 'morning'`,
    [school.id],
  )
  await db.database.query('update registry_version set version = version + 1')
  clock.at += MINUTE_MS
  await new Promise((resolve) => setTimeout(resolve, 2_100))
  await rounds(4)
  expect(value('device-online-rate', 'now')).toMatchObject({ denominator: 6 * 3 + 1 + 1 })
  expect(await differences(DAY)).toEqual([])
})

test('when the journal was pruned before it was read, everything is taken from the tables', async () => {
  await rounds(2)
  await everyGateway('08:21')
  await writeStatuses(db.database, [{ school: province.schools[1]!.id, since: clock.at, open: false }])
  await db.database.query('delete from journal')
  clock.at = momentOf(DAY, '08:40')
  engine = newEngine()
  await rounds(10)
  expect(engine.counts()).toMatchObject({ closedSchools: 1 })
  expect(await differences(DAY)).toEqual([])
})

test('a clock set back, as by a demonstration started anew, is followed', async () => {
  await everyGateway('08:21')
  await moveTo('10:00')
  await engine.stop()
  clock.at = momentOf(DAY, '07:20')
  engine = newEngine()
  await rounds(3)
  expect(engine.counts().closedSlotAt).toBe(momentOf(DAY, '07:10'))
  await moveTo('08:27')
  expect(await differences(DAY)).toEqual([])
})

test('while the database is away the last values stay, and it is said so', async () => {
  await everyGateway('08:19')
  await rounds(1)
  const before = value('device-online-rate', 'now')
  expect(engine.counts().databaseReachable).toBe(true)
  const gone = createEngine({
    database: {
      ...db.database,
      query: () => Promise.reject(Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' })),
    },
    clock,
    log: silentLog,
  })
  await expect(gone.tick()).rejects.toThrow('connection refused')
  expect(gone.counts().databaseReachable).toBe(false)
  expect(gone.area('former-district', '40')).toBeUndefined()
  expect(value('device-online-rate', 'now')).toBe(before)
})

test('power cuts of a district are told once, grouped, and not again after a restart', async () => {
  const told: BoardTick['events'][number][] = []
  const listen = (of: Engine) => of.subscribe((tick) => told.push(...tick.events))
  listen(engine)
  await everyGateway('08:20', 0)
  await moveTo('08:20:10')
  const cuts = told.filter((event) => event.kind === 'power-lost')
  expect(cuts.length).toBeGreaterThan(0)
  const schools = cuts.reduce((sum, event) => sum + Number(event.params['schools']), 0)
  expect(schools).toBe(6)
  expect(cuts[0]).toMatchObject({ severity: 'caution', school: null, simulated: true })
  told.length = 0
  engine = newEngine()
  listen(engine)
  await moveTo('08:20:20')
  expect(told.filter((event) => event.kind === 'power-lost')).toEqual([])
  // Back within ten minutes: told when they are over.
  await everyGateway('08:25', 1)
  await moveTo('08:25:10')
  expect(told.filter((event) => event.kind === 'power-back')).toEqual([])
  await everyGateway('08:30', 1)
  await moveTo('08:30:30')
  expect(told.filter((event) => event.kind === 'power-back')).toHaveLength(cuts.length)
})

test('values of areas are kept for charts at each closed slot', async () => {
  await everyGateway('08:21')
  await moveTo('08:26:10')
  await everyGateway('08:27')
  await moveTo('08:31:10')
  const { rows } = await db.database.query(
    `select at, numerator, denominator, expected from indicator_value
      join area on area.id = area_id and area.code = '40' where indicator = 'internet-availability' order by at desc limit 2`,
  )
  expect(rows).toMatchObject([
    { at: new Date(momentOf(DAY, '08:30')), expected: 6 },
    { at: new Date(momentOf(DAY, '08:25')), expected: 6 },
  ])
})
