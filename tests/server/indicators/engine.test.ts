import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BoardTick } from '../../../server/indicators/board.ts'
import { createEngine, type Engine } from '../../../server/indicators/create-engine.ts'
import { momentOf } from '../../../shared/domain/time.ts'
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
const at = (time: string) => momentOf(DAY, time)

let db: TestDatabase
let province: TestProvince
let engine: Engine
const clock = new HandClock(at('06:00'))

beforeAll(async () => {
  db = await createTestDatabase()
  province = await seedProvince(db.database, { schools: 12, rooms: 2 })
  engine = createEngine({ database: db.database, clock, log: silentLog, saveEveryMs: 0 })
})
afterAll(() => db.drop())

const provinceValue = (indicator: string, period = 'morning') =>
  engine.area('former-district', '40')!.find((v) => v.indicator === indicator && v.period === period)!

function roll(school: number, name: string, present = 28) {
  return {
    school,
    day: DAY,
    session: 'morning' as const,
    class: name,
    enrolled: 30,
    present,
    late: 6,
    excused: 30 - present,
    unexcused: 0,
    takenAt: clock.at,
  }
}

test('before a session starts its indicators do not apply, and nobody is expected', async () => {
  await engine.tick()
  expect(provinceValue('attendance-rate')).toMatchObject({
    status: 'not_applicable',
    value: null,
    coverage: { reporting: 0, expected: 0 },
  })
})

test('a roll changes the value of its school and of every area above in the next round', async () => {
  clock.at = at('07:10')
  await engine.tick()
  expect(provinceValue('attendance-rate')).toMatchObject({
    status: 'insufficient',
    coverage: { expected: 12 },
  })
  const ticks: BoardTick[] = []
  const undo = engine.subscribe((tick) => ticks.push(tick))
  await writeRolls(
    db.database,
    province.schools.map((school) => roll(school.id, '1A')),
  )
  await engine.tick()
  undo()
  expect(provinceValue('attendance-rate')).toMatchObject({
    numerator: 12 * 28,
    denominator: 12 * 30,
    status: 'critical',
    coverage: { reporting: 12, expected: 12 },
  })
  const told = ticks.flatMap((tick) => tick.areas)
  expect(told.some(({ tree, area }) => tree === 'administrative' && area === '40')).toBe(true)
  expect(told.some(({ tree, area }) => tree === 'former-district' && area.length === 3)).toBe(true)
  expect(told.some(({ area }) => area.length === 5)).toBe(true)
  // A quarter of the classes: not yet due, so not yet missing.
  expect(provinceValue('roll-completeness')).toMatchObject({ value: 25, status: 'ok' })
})

test('a closed school is not expected to call the roll, and its pupils count as affected', async () => {
  const closed = province.schools[0]!
  await writeStatuses(db.database, [
    ...province.schools.slice(1).map((school) => ({ school: school.id, since: at('06:30'), open: true })),
    { school: closed.id, since: at('06:40'), open: false, reason: 'bão' },
  ])
  const ticks: BoardTick[] = []
  const undo = engine.subscribe((tick) => ticks.push(tick))
  await engine.tick()
  undo()
  expect(provinceValue('schools-open')).toMatchObject({ numerator: 11, denominator: 12 })
  expect(provinceValue('pupils-affected-by-closure')).toMatchObject({ value: 120 })
  expect(provinceValue('attendance-rate').coverage).toEqual({ reporting: 11, expected: 11 })
  expect(engine.counts()).toMatchObject({ openSchools: 11, closedSchools: 1, unreportedSchools: 0 })
  expect(ticks.flatMap((tick) => tick.events)).toMatchObject([
    { kind: 'school-closed', school: closed.code, params: { reason: 'bão' }, simulated: true },
  ])
})

test('instants follow a reading in the next round', async () => {
  clock.at = at('07:20:30')
  const [, second] = province.schools
  await writeReadings(db.database, [
    { device: second!.rooms[0]!, metric: METRIC.co2, at: clock.at - 5_000, value: 1900 },
    { device: second!.rooms[1]!, metric: METRIC.co2, at: clock.at - 5_000, value: 700 },
    { device: second!.yard, metric: METRIC.yard_depth, at: clock.at - 5_000, value: 12 },
    { device: province.river, metric: METRIC.river_level, at: clock.at - 5_000, value: 7 },
  ])
  await engine.tick()
  expect(provinceValue('co2-rooms-over', 'now')).toMatchObject({
    numerator: 1,
    denominator: 2,
    status: 'insufficient',
  })
  expect(provinceValue('flood-alarm-level', 'now')).toMatchObject({ value: 2, status: 'critical' })
  expect(provinceValue('yard-water-depth', 'now')).toMatchObject({ value: 12 })
  expect(provinceValue('device-online-rate', 'now')).toMatchObject({ numerator: 4, denominator: 12 * 4 + 1 })
})

test('devices that fall silent go offline by the passing of time alone', async () => {
  clock.at = at('07:25:40')
  await engine.tick()
  expect(provinceValue('device-online-rate', 'now')).toMatchObject({ numerator: 0 })
})

test('a slot is counted once it is closed, a minute after its end', async () => {
  expect(provinceValue('co2-good-share', 'day')).toMatchObject({ numerator: null })
  clock.at = at('07:26:01')
  await engine.tick()
  // Two rooms in the slot from 07:20; their quarter of an hour will last two slots more.
  expect(provinceValue('co2-good-share', 'day')).toMatchObject({ numerator: 5, denominator: 10 })
  expect(engine.counts().closedSlotAt).toBe(at('07:20'))
})
