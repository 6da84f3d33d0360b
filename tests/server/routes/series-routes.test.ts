import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RouteName, type RouteReply, routes } from '../../../shared/contract/http.ts'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { get, startTestWeb, type Web } from '../http/web-harness.ts'
import { HandBoard, indicatorValue } from '../live/hand-board.ts'
import { NOW, seedHistory, seedSchools } from './fixture.ts'

let database: TestDatabase
let web: Web
const board = new HandBoard()

beforeAll(async () => {
  database = await createTestDatabase()
  await seedSchools(database.database)
  await seedHistory(database.database)
  web = await startTestWeb({
    board,
    databaseUrl: database.url,
    clockSetting: { real: Date.now(), shown: NOW, speed: 0.000001 },
  })
})
afterAll(async () => {
  await web.stop()
  await database.drop()
})

async function ask<N extends RouteName>(name: N, path: string): Promise<RouteReply<N>> {
  const { status, body } = await get(web.url, path)
  expect({ status, body }).toMatchObject({ status: 200 })
  return routes[name].reply.parse(body) as RouteReply<N>
}

/** 07:00 to 08:00 in the province. */
const HOUR = 'from=2026-11-23T07:00:00%2B07:00&to=2026-11-23T08:00:00%2B07:00'
const series = (query: string) =>
  ask('schoolSeries', `/api/v1/schools/THV/series?device=R1&metric=co2&${query}`)

test('the latest readings carry unit, age, staleness and whether the time is that of arrival', async () => {
  const { readings } = await ask('schoolLatest', '/api/v1/schools/THV/latest')
  expect(readings).toHaveLength(2)
  expect(readings[0]).toMatchObject({
    device: 'R1',
    room: '1A',
    metric: 'co2',
    unit: 'ppm',
    value: 600,
    at: '2026-11-23T01:00:00.000Z',
    arrivalTime: false,
    stale: false,
    simulated: true,
  })
  expect(readings[1]).toMatchObject({ metric: 'temperature', value: 27.5, arrivalTime: true, stale: true })
  expect(readings[1]!.ageSeconds).toBeCloseTo(600, 0)
})

test('a school without readings has an empty list', async () => {
  expect((await ask('schoolLatest', '/api/v1/schools/QP/latest')).readings).toEqual([])
})

test('raw points are the rows as they came, from the start of the span up to but without its end', async () => {
  const { points, truncated, unit } = await series(`${HOUR}&step=raw`)
  expect({ count: points.length, truncated, unit }).toEqual({ count: 359, truncated: false, unit: 'ppm' })
  expect(points[0]).toEqual({
    at: '2026-11-23T00:00:10.000Z',
    value: 606,
    lowest: 606,
    highest: 606,
    count: 1,
  })
})

test('raw points beyond the limit are cut, and the answer says so', async () => {
  const { points, truncated } = await series(`${HOUR}&step=raw&limit=100`)
  expect({ count: points.length, truncated }).toEqual({ count: 100, truncated: true })
})

test.each([
  ['1m', 60, 6],
  ['5m', 12, 30],
  ['1h', 1, 359],
])(
  'buckets of %s hold the mean as a ratio of sums, lowest, highest and count',
  async (step, buckets, most) => {
    const raw = await series(`${HOUR}&step=raw`)
    const { points } = await series(`${HOUR}&step=${step}`)
    expect(points).toHaveLength(buckets)
    expect(Math.max(...points.map((point) => point.count))).toBe(most)
    expect(points.reduce((sum, point) => sum + point.count, 0)).toBe(raw.points.length)
    const total = points.reduce((sum, point) => sum + point.value! * point.count, 0)
    expect(total).toBeCloseTo(
      raw.points.reduce((sum, point) => sum + point.value!, 0),
      6,
    )
    expect(Math.min(...points.map((point) => point.lowest!))).toBe(600)
    expect(Math.max(...points.map((point) => point.highest!))).toBe(606)
  },
)

test('buckets are the same whether the aggregate has been refreshed or not', async () => {
  const before = await series(`${HOUR}&step=5m`)
  for (const view of ['reading_1m', 'reading_5m']) {
    await database.database.query(
      `call refresh_continuous_aggregate('${view}', '2026-11-22', '2026-11-23T00:30:00Z')`,
    )
  }
  expect(await series(`${HOUR}&step=5m`)).toEqual(before)
})

test('a bucket of a day begins at midnight in the province', async () => {
  const { points } = await series('from=2026-11-23T00:00:00%2B07:00&to=2026-11-24T00:00:00%2B07:00&step=1d')
  expect(points).toMatchObject([{ at: '2026-11-22T17:00:00.000Z', count: 360 }])
})

test('all indicators of an area come with their definitions, from the board', async () => {
  board.set('former-district', '412', [indicatorValue('attendance-rate', 96.5)])
  const reply = await ask('indicators', '/api/v1/indicators?area=412')
  expect(reply.definitions.map((definition) => definition.id)).toContain('co2-good-share')
  expect(reply.values).toMatchObject([{ indicator: 'attendance-rate', value: 96.5, status: 'ok' }])
})

test('one indicator comes with the values of every child of the area', async () => {
  board.set('former-district', '40', [indicatorValue('attendance-rate', 97), indicatorValue('late-rate', 1)])
  board.set('former-district', '412', [indicatorValue('attendance-rate', 96.5)])
  const reply = await ask('indicator', '/api/v1/indicators/attendance-rate')
  expect(reply.definition.id).toBe('attendance-rate')
  expect(reply.values).toMatchObject([{ indicator: 'attendance-rate', value: 97 }])
  expect(reply.children).toHaveLength(21)
  expect(reply.children.find((child) => child.area === '412')?.values).toMatchObject([{ value: 96.5 }])
})

const history = (query: string) =>
  ask(
    'indicatorSeries',
    `/api/v1/indicators/attendance-rate/series?from=2026-11-21T00:00:00Z&to=2026-11-24T00:00:00Z&${query}`,
  )

test('the history of an indicator at 5m is every value kept, of its first period unless another is asked', async () => {
  const { points, period } = await history('step=5m')
  expect({ count: points.length, period }).toEqual({ count: 50, period: 'morning' })
  expect(points.at(-1)).toEqual({
    at: '2026-11-23T01:00:00.000Z',
    value: 114,
    status: 'ok',
    coverage: { reporting: 3, expected: 3 },
  })
  expect((await history('step=5m&period=afternoon')).points).toEqual([])
})

test('at 1h and 1d it is the last value of the hour and of the day of the province', async () => {
  const hours = await history('step=1h')
  expect(hours.points.slice(-3).map((point) => [point.at, point.value])).toEqual([
    ['2026-11-22T23:00:00.000Z', 101],
    ['2026-11-23T00:00:00.000Z', 113],
    ['2026-11-23T01:00:00.000Z', 114],
  ])
  const days = await history('step=1d')
  expect(days.points.map((point) => [point.at, point.value])).toEqual([
    ['2026-11-21T17:00:00.000Z', 114],
    ['2026-11-22T17:00:00.000Z', 114],
  ])
})

test('a suppressed value never leaves by the history', async () => {
  const { points } = await history('area=412')
  expect(points).toMatchObject([{ value: null, status: 'suppressed' }])
})

test('status names the parts, the rates, the lag and what is simulated', async () => {
  const reply = await ask('status', '/api/v1/status')
  expect(reply.parts).toMatchObject([
    { name: 'server', ok: true, version: '0.0.0-test' },
    { name: 'database', ok: true },
  ])
  expect(reply).toMatchObject({
    rates: { messagesPerSecond: 4, readingsPerSecond: 16 },
    lag: { journalSeconds: 0.1, closedSlotAt: '2026-11-23T01:00:00.000Z' },
    simulated: { schools: 2, devices: 2, clock: true },
    walls: 0,
    system: { schools: 3, openSchools: 1, deadLettersToday: 0, databaseReachable: true },
  })
})
