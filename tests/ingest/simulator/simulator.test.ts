import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Simulator } from '../../../ingest/simulator/app.ts'
import { createProvince } from '../../../ingest/simulator/province/province.ts'
import type { Province } from '../../../ingest/simulator/province/school.ts'
import { Publisher } from '../../../ingest/simulator/publisher.ts'
import type { ScenarioName } from '../../../ingest/simulator/scenario.ts'
import { readRunning, scenarioFolder, writeRequest } from '../../../ingest/simulator/scenario-folder.ts'
import type { RollBody } from '../../../shared/contract/attendance.ts'
import type { TimedValues } from '../../../shared/contract/reading.ts'
import { parseTopic, type TopicKind, topics } from '../../../shared/contract/topics.ts'
import { dayOf, MINUTE_MS, momentOf } from '../../../shared/domain/time.ts'
import { silentLog } from '../../helpers/database.ts'
import { type Received, startBroker, type TestBroker, until } from './broker.ts'

const MONDAY = '2026-11-23'
const WINDOW = 200

let broker: TestBroker
let folder: string
let shown: number
let stop: () => Promise<void>
beforeEach(async () => {
  broker = await startBroker()
  folder = scenarioFolder(mkdtempSync(join(tmpdir(), 'ioc-scenarios-')))
  stop = async () => {}
})
afterEach(async () => {
  await stop()
  await broker.close()
  rmSync(join(folder, '..'), { recursive: true, force: true })
})

/** Plays a province from a time of a day; the test moves `shown` on. */
async function play(time: string, options: { province?: Province; day?: string } = {}) {
  const { province = createProvince(102, 40), day = MONDAY } = options
  shown = momentOf(day, time)
  const publisher = new Publisher({
    url: broker.url,
    clientId: 'simulator-test',
    connections: 3,
    window: WINDOW,
    patienceMs: 5_000,
    log: silentLog,
  })
  await publisher.start()
  const simulator = new Simulator({
    province,
    clock: { now: () => shown },
    publisher,
    scenarioFolder: folder,
    log: silentLog,
    backgroundWindow: WINDOW / 2,
  })
  stop = async () => {
    await simulator.stop()
    await publisher.stop(1_000)
  }
  const { caughtUp } = simulator.start()
  return { province, publisher, caughtUp, settled: () => settled(publisher) }
}

/** Until nothing new was sent for a while and all is acknowledged. */
async function settled(publisher: Publisher): Promise<void> {
  let before = -1
  for (;;) {
    const { published, inFlight } = publisher.counts
    if (published === before && inFlight === 0) return
    before = published
    await new Promise((resolve) => setTimeout(resolve, 600))
  }
}

interface Said<T> {
  school: string
  device: string
  body: T
  retain: boolean
}

/** The messages of a kind, opened. */
function said<T>(kind: TopicKind, list: readonly Received[] = broker.received): Said<T>[] {
  return list.flatMap(({ topic, payload, retain }) => {
    const parsed = parseTopic(topic)!
    if (parsed.kind !== kind) return []
    const device = 'device' in parsed ? parsed.device : ''
    return [{ school: parsed.school, device, body: JSON.parse(payload) as T, retain }]
  })
}
const list = <T>(body: T | T[]): T[] => (Array.isArray(body) ? body : [body])
const rolls = (received?: Received[]) =>
  said<RollBody | RollBody[]>('attendance', received).flatMap(({ school, body }) =>
    list(body).map((roll) => ({ of: school, ...roll })),
  )
const points = (received?: Received[]) =>
  said<TimedValues | TimedValues[]>('telemetry', received).flatMap(({ school, device, body }) =>
    list(body).map((point) => ({ of: `${school}/${device}`, ts: point.ts as number, values: point.values })),
  )

test('every message of a morning is one of protocol v1 with a body that fits it', async () => {
  const { caughtUp, settled: quiet, province } = await play('07:05')
  await caughtUp
  shown += 3 * MINUTE_MS
  await quiet()
  const codes = new Set(province.schools.map(({ code }) => code))
  const kinds = new Set<string>()
  for (const { topic, payload, retain } of broker.received) {
    const parsed = parseTopic(topic)
    expect(parsed, topic).toBeDefined()
    expect(codes.has(parsed!.school)).toBe(true)
    const { body, retained } = topics[parsed!.kind]
    expect(body.safeParse(JSON.parse(payload)).error, payload).toBeUndefined()
    expect(retain).toBe(retained)
    kinds.add(parsed!.kind)
  }
  expect([...kinds].sort()).toEqual(['attendance', 'checkin', 'deviceState', 'status', 'telemetry'])
  expect(broker.mostUnacknowledged()).toBeLessThanOrEqual(WINDOW)
})

test('a start at 09:00 first sends what the day holds: status, states, rolls and half an hour of readings', async () => {
  const { caughtUp, province } = await play('09:00')
  const received = [...broker.received]
  await caughtUp
  const upTo = shown
  expect(said('status').length).toBe(province.schools.length)
  const devices = province.schools.flatMap((school) =>
    school.devices.map((device) => `${school.code}/${device.code}`),
  )
  expect(
    said('deviceState')
      .map(({ school, device }) => `${school}/${device}`)
      .sort(),
  ).toEqual(devices.sort())
  const today = rolls().filter(({ date }) => date === MONDAY)
  const classes = province.schools.reduce((all, school) => all + school.classes.length, 0)
  expect(today.filter(({ revision }) => revision === 0).length / classes).toBeGreaterThan(0.97)
  for (const { takenAt } of today) expect(takenAt).toBeLessThanOrEqual(upTo)
  for (const { ts } of points()) {
    expect(ts).toBeGreaterThan(upTo - 31 * MINUTE_MS)
    expect(ts).toBeLessThanOrEqual(upTo)
  }
  expect(points().length).toBeGreaterThan(devices.length * 10)
  expect(received.length).toBeLessThan(broker.received.length)
})

test('after that the rolls of the same weekday last week follow in the background', async () => {
  const { caughtUp, settled: quiet } = await play('09:00')
  await caughtUp
  await quiet()
  const lastWeek = rolls().filter(({ date }) => date !== MONDAY)
  expect(new Set(lastWeek.map(({ date }) => date))).toEqual(new Set(['2026-11-16']))
  expect(lastWeek.length).toBeGreaterThan(1_000)
  expect(said('status').length).toBe(40)
})

test('two runs with one seed send the same messages', async () => {
  const first = await play('08:00')
  await first.caughtUp
  const one = broker.received.map(({ topic, payload }) => `${topic} ${payload}`).sort()
  await stop()
  await broker.close()
  broker = await startBroker()
  const second = await play('08:00')
  await second.caughtUp
  const two = broker.received.map(({ topic, payload }) => `${topic} ${payload}`).sort()
  const ofToday = (line: string) => !line.includes('2026-11-16')
  expect(two.filter(ofToday)).toEqual(one.filter(ofToday))
})

test('living time sends each reading once, at its device and interval', async () => {
  const { caughtUp, settled: quiet, province } = await play('10:00')
  await caughtUp
  const begin = shown
  for (let i = 0; i < 5; i++) {
    shown += MINUTE_MS
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  await quiet()
  const living = points().filter(({ ts }) => ts > begin)
  expect(new Set(living.map(({ of, ts }) => `${of} ${ts}`)).size).toBe(living.length)
  const gateways = living.filter(({ of }) => of.endsWith('GW-1'))
  const silent = new Set(province.schools.map(({ code }) => code))
  for (const { of } of gateways) silent.delete(of.split('/')[0]!)
  expect(silent.size).toBeLessThan(6)
  const perGateway = gateways.length / (province.schools.length - silent.size)
  expect(perGateway).toBeGreaterThan(4.7)
  expect(perGateway).toBeLessThanOrEqual(5)
})

test('when time jumps, the readings of a device go together in one message and are thinned', async () => {
  const { caughtUp, settled: quiet } = await play('10:00')
  await caughtUp
  const before = broker.received.length
  shown += 60 * MINUTE_MS
  await quiet()
  const jump = broker.received.slice(before)
  const messages = said<TimedValues[]>('telemetry', jump).filter(({ device }) => device === 'GW-1')
  expect(messages.length).toBeLessThanOrEqual(40 + 8)
  for (const { body } of messages) expect(list(body).length).toBeLessThanOrEqual(60)
  expect(Math.max(...points(jump).map(({ ts }) => ts))).toBeGreaterThan(shown - MINUTE_MS)
})

test('on a day off only sensors speak', async () => {
  const { caughtUp } = await play('09:00', { day: '2026-11-24' })
  await caughtUp
  expect(said('status')).toEqual([])
  expect(rolls().filter(({ date }) => date === '2026-11-24')).toEqual([])
  expect(said('checkin')).toEqual([])
  expect(points().length).toBeGreaterThan(1_000)
})

describe('the scenario', () => {
  /** Asks for a scenario of 30 minutes in the whole province and waits until the simulator has taken it. */
  async function begin(name: ScenarioName, area = '40') {
    writeRequest(folder, 'one', { name, area, minutes: 30 })
    await until(() => readRunning(folder, 'one') !== undefined)
    const before = broker.received.length
    return { since: () => broker.received.slice(before) }
  }

  test('storm closes schools with a reason, lifts rivers and yards, and opens them again after it', async () => {
    const { caughtUp, settled: quiet } = await play('09:00', { province: createProvince(102, 120) })
    await caughtUp
    const { since } = await begin('storm')
    shown += 25 * MINUTE_MS
    await quiet()
    const closings = said<{ open: boolean; reason: string }>('status', since())
    expect(closings.length).toBeGreaterThan(115)
    for (const { body } of closings)
      expect(body).toMatchObject({ open: false, reason: 'Nghỉ học do bão (mô phỏng)' })
    const water = points(since()).filter(({ ts }) => ts > shown - 6 * MINUTE_MS)
    const rivers = water.flatMap(({ values }) => values['river_level'] ?? [])
    expect(Math.max(...rivers)).toBeGreaterThan(7.9)
    expect(Math.max(...water.flatMap(({ values }) => values['yard_depth'] ?? []))).toBeGreaterThan(30)
    expect(said<{ online: boolean }>('deviceState', since()).some(({ body }) => !body.online)).toBe(true)
    const during = broker.received.length
    shown += 75 * MINUTE_MS
    await quiet()
    const openings = said<{ open: boolean }>('status', broker.received.slice(during))
    expect(openings.length).toBe(closings.length)
    for (const { body } of openings) expect(body.open).toBe(true)
    const after = points(broker.received.slice(during)).filter(({ ts }) => ts > shown - 6 * MINUTE_MS)
    expect(Math.max(...after.flatMap(({ values }) => values['yard_depth'] ?? []))).toBeLessThan(10)
  })

  test('heatwave takes outdoors and classrooms above 35 °C', async () => {
    const { caughtUp, settled: quiet } = await play('09:00')
    await caughtUp
    const { since } = await begin('heatwave')
    shown += 29 * MINUTE_MS
    await quiet()
    const hot = points(since()).filter(
      ({ ts, values }) => ts > shown - 4 * MINUTE_MS && values['temperature'],
    )
    expect(hot.length).toBeGreaterThan(100)
    for (const { values } of hot) expect(values['temperature']).toBeGreaterThan(35)
  })

  test('outbreak corrects the rolls of the running session to four times the excused, and back after it', async () => {
    const { caughtUp, settled: quiet } = await play('09:00')
    await caughtUp
    const excused = (list: { excused: number; enrolled: number }[]) =>
      list.reduce((all, roll) => all + roll.excused, 0) / list.reduce((all, roll) => all + roll.enrolled, 0)
    const usual = excused(rolls().filter(({ date, revision }) => date === MONDAY && revision === 0))
    const { since } = await begin('outbreak')
    shown += 5 * MINUTE_MS
    await quiet()
    const ill = rolls(since()).filter(({ revision }) => revision >= 10)
    expect(ill.length).toBeGreaterThan(500)
    expect(excused(ill) / usual).toBeGreaterThan(3)
    const during = broker.received.length
    shown += 30 * MINUTE_MS
    await quiet()
    const well = rolls(broker.received.slice(during)).filter(({ revision }) => revision >= 10)
    // More classes than before: some took their roll while the outbreak was on.
    expect(well.length).toBeGreaterThanOrEqual(ill.length)
    expect(excused(well) / usual).toBeLessThan(1.3)
    const highest = new Map(ill.map((roll) => [`${roll.of} ${roll.class}`, roll.revision]))
    for (const roll of well) {
      expect(roll.revision).toBeGreaterThan(highest.get(`${roll.of} ${roll.class}`) ?? 9)
    }
  })

  test('powercut is reported by the gateways of its area alone, which then fall silent until it is over', async () => {
    const province = createProvince(102, 40)
    const { caughtUp, settled: quiet } = await play('09:00', { province })
    await caughtUp
    const { since } = await begin('powercut', '412')
    shown += 25 * MINUTE_MS
    await quiet()
    const inVinh = new Set(
      province.schools.filter(({ district }) => district === '412').map(({ code }) => code),
    )
    const dark = points(since()).filter(({ values }) => values['power'] === 0)
    expect(inVinh.size).toBeGreaterThan(1)
    const of = (list: { of: string }[]) => new Set(list.map((one) => one.of.split('/')[0]!))
    for (const code of inVinh) expect(of(dark).has(code)).toBe(true)
    expect(of(dark).size).toBeLessThanOrEqual(inVinh.size + 2)
    const late = points(since()).filter(({ ts }) => ts > shown - 10 * MINUTE_MS)
    for (const code of inVinh) expect(of(late).has(code)).toBe(false)
    const during = broker.received.length
    shown += 10 * MINUTE_MS
    await quiet()
    const back = said<{ online: boolean }>('deviceState', broker.received.slice(during)).filter(
      ({ body }) => body.online,
    )
    for (const code of inVinh) expect(back.some(({ school }) => school === code)).toBe(true)
  })

  test('rollmissing holds the rolls back; they come when it is over', async () => {
    const { caughtUp, settled: quiet } = await play('07:05')
    await caughtUp
    const { since } = await begin('rollmissing')
    shown += 29 * MINUTE_MS
    await quiet()
    const started = momentOf(MONDAY, '07:05')
    const today = (received: Received[]) => rolls(received).filter(({ date }) => date === MONDAY)
    expect(today(since()).filter(({ takenAt }) => (takenAt as number) > started + MINUTE_MS)).toEqual([])
    shown += 5 * MINUTE_MS
    await quiet()
    expect(today(since()).length).toBeGreaterThan(500)
  })

  test('that cannot be read is taken away, and the simulator plays on', async () => {
    const { caughtUp } = await play('09:00')
    await caughtUp
    writeRequest(folder, 'good', { name: 'heatwave', area: '40', minutes: 5 })
    writeFileSync(join(folder, 'bad.request.json'), '{"name":"earthquake"}')
    await until(() => readRunning(folder, 'good') !== undefined)
    await until(() => !readdirSync(folder).includes('bad.request.json'))
    expect(readRunning(folder, 'bad')).toBeUndefined()
    expect(dayOf(shown)).toBe(MONDAY)
  })
})
