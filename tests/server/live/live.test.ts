import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { BEAT_MS, TICK_MS } from '../../../shared/contract/live.ts'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { get, startTestWeb, type Web } from '../http/web-harness.ts'
import { NOW, seedEvents, seedSchools } from '../routes/fixture.ts'
import { eventOf, HandBoard, indicatorValue } from './hand-board.ts'
import { WallClient } from './wall-client.ts'

const TREE = 'former-district'
/** Longer than a coalesced tick takes to arrive. */
const A_WHILE = 3 * TICK_MS

let database: TestDatabase
let board: HandBoard
let web: Web
let walls: WallClient[]

beforeAll(async () => {
  database = await createTestDatabase()
  await seedSchools(database.database)
  await seedEvents(database.database)
})
afterAll(() => database.drop())

beforeEach(async () => {
  board = new HandBoard()
  walls = []
  web = await start()
})
afterEach(async () => {
  for (const wall of walls) wall.close()
  await web.stop()
})

const start = (port = 0) =>
  startTestWeb({
    board,
    databaseUrl: database.url,
    port,
    clockSetting: { real: Date.now(), shown: NOW, speed: 1 },
  })
function newWall(transports?: ('websocket' | 'polling')[]): WallClient {
  const wall = new WallClient(web.url, transports)
  walls.push(wall)
  return wall
}
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const change = (area: string, value: number) =>
  board.tick([{ tree: TREE, area, values: [indicatorValue('late-rate', value)] }])
const lateRate = (wall: WallClient, area: string) =>
  wall.screen?.areas.get(area)?.get('late-rate:morning')?.value

test('watching an area brings its values, those of its children, its past events and the system', async () => {
  board.set(TREE, '412', [indicatorValue('late-rate', 4)])
  const screen = await newWall().watch('40')
  expect(screen.areas.size).toBe(22)
  expect(screen.areas.get('412')?.get('late-rate:morning')?.value).toBe(4)
  expect(screen.events.map((event) => event.school)).toEqual(['QP', 'THV'])
  expect(screen.system).toMatchObject({
    schools: 3,
    clock: { simulated: true, speed: 1 },
    version: '0.0.0-test',
  })
})

test.each([['websocket' as const], ['polling' as const]])(
  'a change reaches a wall by %s within a tick',
  async (transport) => {
    const wall = newWall([transport])
    await wall.watch('40')
    await pause(TICK_MS)
    const at = Date.now()
    change('412', 5)
    await expect.poll(() => lateRate(wall, '412'), { interval: 5 }).toBe(5)
    expect(Date.now() - at).toBeLessThan(2 * TICK_MS)
    expect(wall.patches).toHaveLength(1)
  },
)

test('many ticks in a moment are few patches', async () => {
  const wall = newWall()
  await wall.watch('40')
  for (let value = 1; value <= 50; value++) {
    change('412', value)
    await pause(10)
  }
  await expect.poll(() => lateRate(wall, '412')).toBe(50)
  expect(wall.patches.length).toBeLessThanOrEqual(5)
})

test('an event reaches the walls of every area above it, and no other', async () => {
  const [province, district, other] = [newWall(), newWall(), newWall()]
  await Promise.all([province.watch('40'), district.watch('412'), other.watch('415')])
  board.tick([], [eventOf(900, '16681')])
  await expect.poll(() => district.screen?.events[0]?.id).toBe('900')
  await expect.poll(() => province.screen?.events[0]?.id).toBe('900')
  await pause(A_WHILE)
  expect(other.patches).toEqual([])
})

test('watching another area leaves the one watched before', async () => {
  const wall = newWall()
  await wall.watch('412')
  await wall.watch('415')
  change('412', 5)
  await pause(A_WHILE)
  expect(wall.patches).toEqual([])
  change('415', 6)
  await expect.poll(() => lateRate(wall, '415')).toBe(6)
})

test('of several requests at once the newest wins', async () => {
  const wall = newWall()
  const areas = ['412', '415', '416']
  const replies = await Promise.all(areas.map((area) => wall.send({ tree: TREE, area })))
  expect(replies.map((reply) => (reply.ok ? reply.snapshot.area : reply.code))).toEqual([
    'superseded',
    'superseded',
    '416',
  ])
  for (const area of areas) change(area, 5)
  await expect.poll(() => wall.patches.map((patch) => patch.area)).toEqual(['416'])
})

describe('what is not a watch request is refused in words, and hurts nobody', () => {
  test.each([
    ['nothing', undefined, 'bad-request'],
    ['null', null, 'bad-request'],
    ['a text', 'area 40', 'bad-request'],
    ['an empty object', {}, 'bad-request'],
    ['another tree', { tree: 'planets', area: '40' }, 'bad-request'],
    ['an area that is no code', { tree: TREE, area: "40'; drop table area" }, 'bad-request'],
    ['an unknown field', { tree: TREE, area: '40', as: 'admin' }, 'bad-request'],
    ['a prototype', JSON.parse('{"__proto__": {"tree": "former-district", "area": "40"}}'), 'bad-request'],
    ['an area there is not', { tree: TREE, area: '999' }, 'not-found'],
    ['an area of the other tree', { tree: 'administrative', area: '412' }, 'not-found'],
  ])('%s', async (_what, request, code) => {
    const wall = newWall()
    const reply = await wall.send(request)
    expect(reply).toMatchObject({ ok: false, code })
    expect((await wall.watch('40')).area).toBe('40')
  })

  test('a request without a way to answer, an unknown event and binary rubbish', async () => {
    const wall = newWall()
    const emit = (wall.socket as { emit(event: string, ...payload: unknown[]): void }).emit.bind(wall.socket)
    emit('watch', { tree: TREE, area: '40' })
    emit('watch', { tree: TREE, area: '40' }, 'not a function')
    emit('watch')
    emit('reboot', { now: true })
    emit('watch', Buffer.from([0, 255, 1]))
    expect((await wall.watch('40')).area).toBe('40')
  })

  test('a message larger than any request ends that link only', async () => {
    const [wall, other] = [newWall(), newWall()]
    await Promise.all([wall.watch('40'), other.watch('40')])
    const lost = new Promise((resolve) => wall.socket.once('disconnect', resolve))
    ;(wall.socket as { emit(event: string, payload: unknown): void }).emit('watch', 'x'.repeat(100_000))
    await lost
    expect(other.socket.connected).toBe(true)
    await expect.poll(() => wall.snapshots, { timeout: 5_000 }).toBe(2)
  })
})

test('a beat comes without any change, and a missed patch is found by it', async () => {
  const wall = newWall()
  await wall.watch('40')
  change('412', 5)
  await expect.poll(() => lateRate(wall, '412')).toBe(5)
  // The wall forgets the patch, as if it had been lost on the way.
  wall.screen = { ...wall.screen!, seq: 0, areas: new Map() }
  await expect.poll(() => wall.beats.length, { timeout: BEAT_MS + 1_000 }).toBeGreaterThan(0)
  expect(wall.beats[0]).toMatchObject({ seq: 1, system: { schools: 3 } })
  await expect.poll(() => lateRate(wall, '412')).toBe(5)
  expect(wall.snapshots).toBe(2)
})

test('after the server was stopped and started again, a wall ends in the same screen as a new one', async () => {
  const wall = newWall()
  await wall.watch('40')
  change('412', 5)
  await expect.poll(() => lateRate(wall, '412')).toBe(5)
  const { port } = new URL(web.url)
  const before = Date.now()
  await web.stop()
  expect(Date.now() - before).toBeLessThan(2_500)
  board.set(TREE, '415', [indicatorValue('late-rate', 9)])
  web = await start(Number(port))
  await expect.poll(() => wall.snapshots, { timeout: 10_000 }).toBe(2)
  change('416', 7)
  const fresh = newWall()
  await fresh.watch('40')
  await expect.poll(() => lateRate(wall, '416')).toBe(7)
  expect(wall.screen!.areas).toEqual(fresh.screen!.areas)
  expect(wall.screen!.events).toEqual(fresh.screen!.events)
  expect(lateRate(wall, '415')).toBe(9)
  expect(wall.screen!.stream).toBe(fresh.screen!.stream)
})

test('a wall that cannot take its patches does not hold up the others, and catches up by a snapshot', async () => {
  const [slow, quick] = [newWall(), newWall()]
  await Promise.all([slow.watch('40', 'administrative'), quick.watch('40', 'administrative')])
  const transport = slow.socket.io.engine.transport as unknown as { ws: { pause(): void; resume(): void } }
  transport.ws.pause()
  const areas = board.children('administrative', '40')
  const skipped = async () =>
    Number(/ioc_live_skipped_total (\d+)/.exec(String((await get(web.url, '/metrics')).body))![1])
  let round = 0
  while ((await skipped()) === 0 && round < 200) {
    round += 1
    const values = Array.from({ length: 40 }, (_, n) => indicatorValue(`indicator-${n}`, round))
    board.tick(areas.map((area) => ({ tree: 'administrative' as const, area, values })))
    await expect
      .poll(() => quick.screen!.areas.get(areas[0]!)?.get('indicator-0:morning')?.value, {
        interval: 20,
        timeout: 5_000,
      })
      .toBe(round)
  }
  expect(await skipped()).toBeGreaterThan(0)
  expect(quick.snapshots).toBe(1)
  expect(slow.screen!.areas.get(areas[0]!)?.get('indicator-0:morning')?.value).not.toBe(round)
  transport.ws.resume()
  await expect.poll(() => slow.screen!.areas, { timeout: 2 * BEAT_MS }).toEqual(quick.screen!.areas)
  expect(slow.snapshots).toBeGreaterThan(1)
}, 90_000)

test('metrics and status count the walls', async () => {
  const wall = newWall()
  await wall.watch('40')
  expect((await get(web.url, '/api/v1/status')).body).toMatchObject({ walls: 1 })
  expect((await get(web.url, '/metrics')).body).toContain('ioc_live_sockets 1')
  wall.close()
  await expect.poll(async () => (await get(web.url, '/api/v1/status')).body).toMatchObject({ walls: 0 })
})
