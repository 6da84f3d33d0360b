import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { ErrorReply } from '../../../shared/contract/http.ts'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { expectAccounted, type IngestHarness, startIngest } from '../harness.ts'
import { addAliases, addSchools } from '../registry-fixture.ts'
import { CAMERA, hanetPush, hashOf, keptLog, MORNING, PUPIL, post, postJson, SECRET } from './pushes.ts'

let db: TestDatabase
let ingest: IngestHarness
const kept = keptLog()
beforeAll(async () => {
  db = await createTestDatabase()
  await addSchools(db.database)
  await addAliases(db.database, {
    [`hanet:${CAMERA}/in`]: 'TH-01/gate-1',
    'hanet:WAYOUT/out': 'TH-01/room-1',
    'hanet:BOTHWAYS': 'TH-01/room-2',
    'hanet:RETIRED/in': 'TH-01/room-old',
  })
  const clock = { now: () => MORNING }
  const settings = { HANET_CLIENT_SECRET: SECRET }
  ingest = await startIngest({ databaseUrl: db.url, clock, settings, log: kept.log })
})
afterAll(async () => {
  await ingest.stop()
  await db.drop()
})
beforeEach(() => db.database.query('truncate checkin, dead_letter, dead_message'))
afterEach(async () => {
  // What waits may be under way once more.
  await vi.waitFor(async () => expect((await expectAccounted(ingest)).inFlight).toBe(0))
})

const push = (more: Record<string, unknown> = {}) =>
  postJson(`${ingest.httpUrl}/api/v1/push/hanet`, hanetPush(more))
const passages = async () =>
  (
    await db.database.query(
      `select s.code as school, c.ts, c.direction, c.gate, c.message_id from checkin c join school s on s.id = c.school_id order by ts`,
    )
  ).rows
const letters = async () =>
  (
    await db.database.query(
      'select reason, field, detail, payload from dead_letter l join dead_message m on m.id = l.message_id order by l.id',
    )
  ).rows

test('a pupil before a camera is a passage of its gate, at the time of the camera, stored once however often it is told', async () => {
  const { status, text } = await push()
  expect([status, JSON.parse(text)]).toEqual([200, { stored: 1, duplicate: 0, rejected: [] }])
  expect(await passages()).toEqual([
    {
      school: 'TH-01',
      ts: new Date('2026-11-22T23:58:11Z'),
      direction: 'in',
      gate: 'gate-1',
      message_id: expect.stringMatching(/^hanet:[0-9a-f]{24}$/),
    },
  ])
  expect(JSON.parse((await push()).text)).toEqual({ stored: 0, duplicate: 1, rejected: [] })
  await Promise.all(Array.from({ length: 20 }, () => push()))
  expect(await passages()).toHaveLength(1)
})

test('the way a camera watches is that of its registered name', async () => {
  await push({ id: 'a' })
  await push({ id: 'b', deviceID: 'WAYOUT', time: MORNING })
  expect((await passages()).map(({ direction, gate }) => `${direction} ${gate}`)).toEqual([
    'in gate-1',
    'out room-1',
  ])
})

test('two events at one moment are two passages: the id of the event tells them apart', async () => {
  await push({ id: 'a' })
  await push({ id: 'b' })
  expect(await passages()).toHaveLength(2)
})

test('without time, date is the time, on the clock of the province', async () => {
  await push({ time: null })
  expect((await passages())[0]!['ts']).toEqual(new Date('2026-11-22T23:58:11Z'))
})

describe('is it a passage', () => {
  test.each([
    ['staff', '0'],
    ['strangers', '2'],
    ['a body without a face', 4],
    ['a photo', '6'],
    ['a fire', 28],
  ])('%s: no; it is answered and counted as ignored', async (_who, personType) => {
    const before = (await ingest.metrics()).ignored
    const { status, text } = await push({ personType })
    expect([status, JSON.parse(text)]).toEqual([200, { stored: 0, duplicate: 0, rejected: [] }])
    expect(await passages()).toEqual([])
    expect((await ingest.metrics()).ignored).toBe(before + 1)
  })

  test('the editing of a person, which comes to the same address: no', async () => {
    expect((await push({ data_type: 'person', personType: undefined })).status).toBe(200)
    expect([...(await passages()), ...(await letters())]).toEqual([])
  })
})

describe('a push is refused', () => {
  test.each([
    ['made with another secret', { hash: hashOf('e5d2c3f4-0001', 'another') }],
    ['of another id', { hash: hashOf('e5d2c3f4-0002') }],
    ['without a hash', { hash: undefined }],
    ['with half a hash', { hash: hashOf('e5d2c3f4-0001').slice(0, 16) }],
    ['with a number for a hash', { hash: 5 }],
  ])('with 401 when its hash is %s', async (_what, more) => {
    const before = (await ingest.metrics()).sample('ioc_ingest_refused_total{reason="bad-signature"}')
    const { status, text } = await push(more)
    expect([status, ErrorReply.parse(JSON.parse(text)).code]).toEqual([401, 'bad-signature'])
    expect((await ingest.metrics()).sample('ioc_ingest_refused_total{reason="bad-signature"}')).toBe(
      before + 1,
    )
    expect([...(await passages()), ...(await letters())]).toEqual([])
  })

  test('and the log says from where, and nothing else', async () => {
    await push({ hash: 'x' })
    const line = JSON.parse(kept.text().trim().split('\n').at(-1)!)
    expect(line).toMatchObject({ level: 40, from: '127.0.0.1', msg: 'a push with a wrong hash was refused' })
  })

  test.each([
    ['no JSON', `{"personName":"${PUPIL.personName}`],
    ['a list', '[]'],
    ['null', 'null'],
    ['nothing', ''],
    ['an object without an id', `{"personName":"${PUPIL.personName}"}`],
    ['bytes', Buffer.from([0xff, 0x00, 0x80])],
  ])('with 422 when it is %s, and is repeated nowhere', async (_what, body) => {
    const reply = await post(`${ingest.httpUrl}/api/v1/push/hanet`, body, 'application/json')
    expect([reply.status, ErrorReply.parse(JSON.parse(reply.text)).code]).toEqual([422, 'bad-body'])
    expect(reply.text).not.toContain(PUPIL.personName)
    expect(await letters()).toEqual([])
  })

  test('with 415 when it is no JSON by its type', async () => {
    const { status } = await post(
      `${ingest.httpUrl}/api/v1/push/hanet`,
      'a=1',
      'application/x-www-form-urlencoded',
    )
    expect(status).toBe(415)
  })

  test.each([
    ['time in seconds', { time: 1_793_000_000, date: null }, 'bad-body time'],
    ['no time at all', { time: null, date: null }, 'bad-body time'],
    ['a day that does not exist', { time: null, date: '2026-02-30 06:00:00' }, 'bad-body time'],
    ['a time ahead', { time: MORNING + 301_000 }, 'future time'],
    ['no device', { deviceID: null }, 'bad-body deviceID'],
    ['a person for a device', { deviceID: PUPIL.personName }, 'bad-body deviceID'],
    ['no type of event', { data_type: undefined }, 'bad-body data_type'],
    ['no type of person', { personType: null }, 'bad-body personType'],
    ['a type of person nobody knows', { personType: '9' }, 'bad-body personType'],
    ['a device whose time is over', { deviceID: 'RETIRED' }, 'device-not-valid null'],
  ])('with 422 and a dead letter when it has %s', async (_what, more, letter) => {
    const { status, text } = await push(more)
    expect(status).toBe(422)
    const [problem] = ErrorReply.parse(JSON.parse(text)).problems!
    expect(problem!.remedy.length).toBeGreaterThan(20)
    expect((await letters()).map(({ reason, field }) => `${reason} ${field}`)).toEqual([letter])
  })
})

describe('a camera that is not registered', () => {
  test('makes a letter that waits: 202', async () => {
    const { status, text } = await push({ deviceID: 'NEW-1' })
    expect([status, JSON.parse(text)]).toMatchObject([202, { stored: 0, rejected: [{ value: 'NEW-1' }] }])
    expect(await letters()).toMatchObject([
      { reason: 'unregistered-device', detail: 'no device is registered as hanet:NEW-1' },
    ])
    await addAliases(db.database, { 'hanet:NEW-1/in': 'TH-02/room-1' })
    expect((await push({ deviceID: 'NEW-1' })).status).toBe(200)
  })

  test('with a way to watch is told how to register it', async () => {
    expect((await push({ deviceID: 'BOTHWAYS' })).status).toBe(202)
    expect((await letters())[0]!['detail']).toBe(
      'the way hanet:BOTHWAYS watches is not registered: hanet:BOTHWAYS/in or hanet:BOTHWAYS/out',
    )
  })
})

test('without the secret the route is off, and says which setting turns it on', async () => {
  const off = await startIngest({ databaseUrl: db.url })
  try {
    const { status, text } = await postJson(`${off.httpUrl}/api/v1/push/hanet`, hanetPush())
    expect(status).toBe(503)
    expect(ErrorReply.parse(JSON.parse(text))).toMatchObject({
      code: 'push-off',
      message: expect.stringContaining('HANET_CLIENT_SECRET'),
    })
    expect((await off.metrics()).sample('ioc_ingest_refused_total{reason="off"}')).toBe(1)
  } finally {
    await off.stop()
  }
})

test('whose passages count is a matter of the topic map', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ioc-map-'))
  const file = join(folder, 'map.json')
  const routes = [{ filter: 'push/hanet', format: 'hanet', persons: [0, 1] }]
  writeFileSync(file, JSON.stringify({ source: 'a test', routes }))
  const settings = { HANET_CLIENT_SECRET: SECRET, MQTT_TOPIC_MAP: file }
  const other = await startIngest({ databaseUrl: db.url, clock: { now: () => MORNING }, settings })
  try {
    await postJson(`${other.httpUrl}/api/v1/push/hanet`, hanetPush({ personType: '0' }))
    expect(await passages()).toHaveLength(1)
  } finally {
    await other.stop()
    rmSync(folder, { recursive: true })
  }
})
