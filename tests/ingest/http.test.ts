import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ErrorReply } from '../../shared/contract/http.ts'
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts'
import { expectAccounted, type IngestHarness, startIngest } from './harness.ts'
import { NOW, roll } from './messages.ts'
import { addSchools } from './registry-fixture.ts'

let db: TestDatabase
let ingest: IngestHarness
beforeAll(async () => {
  db = await createTestDatabase()
  await addSchools(db.database)
  ingest = await startIngest({ databaseUrl: db.url, clock: { now: () => NOW } })
})
afterAll(async () => {
  await ingest.stop()
  await db.drop()
})
afterEach(async () => {
  expect((await expectAccounted(ingest)).inFlight).toBe(0)
})

async function post(path: string, body: unknown, type = 'application/json') {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const reply = await fetch(`${ingest.httpUrl}/api/v1/ingest/${path}`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: text,
  })
  return { status: reply.status, body: (await reply.json()) as Record<string, unknown> }
}

test.each([
  ['TH-01/telemetry/room-1', { ts: NOW, values: { co2: 612, temperature: 27.3 } }, 2],
  ['TH-01/attendance', [roll(), roll({ class: '3B' })], 2],
  ['TH-01/checkin', { id: 'c-1', ts: NOW, direction: 'in', gate: 'A' }, 1],
  ['TH-01/status', { open: true, reason: '', since: NOW }, 1],
])(
  'POST %s stores, and says so only after the commit; again it is a duplicate',
  async (path, body, records) => {
    expect(await post(path, body)).toEqual({
      status: 200,
      body: { stored: records, duplicate: 0, rejected: [] },
    })
    expect(await post(path, body)).toEqual({
      status: 200,
      body: { stored: 0, duplicate: records, rejected: [] },
    })
  },
)

test('POST of a device state needs no retained message', async () => {
  expect(await post('TH-01/devices/gate-1/state', { online: true })).toMatchObject({
    status: 200,
    body: { stored: 1 },
  })
})

test('good values are stored beside bad ones, which are named', async () => {
  const { status, body } = await post('TH-01/telemetry/room-2', {
    ts: NOW,
    values: { co2: 612, humidity: 140, radon: 1 },
  })
  expect(status).toBe(200)
  expect(body).toMatchObject({
    stored: 1,
    duplicate: 0,
    rejected: [
      { reason: 'out-of-range', field: 'values.humidity', value: '140' },
      { reason: 'unknown-metric', field: 'values.radon', value: '1' },
    ],
  })
})

describe('what cannot be stored', () => {
  test.each([
    ['a body of another form', 'TH-01/attendance', roll({ session: 'evening' }), 422, 'bad-body'],
    ['a text that is not JSON', 'TH-01/attendance', '{', 422, 'bad-body'],
    ['an empty body', 'TH-01/attendance', '', 422, 'bad-body'],
    ['an unknown school', 'XX-1/attendance', roll(), 404, 'not-found'],
    ['an unknown device', 'TH-01/telemetry/room-9', { co2: 500 }, 404, 'not-found'],
    ['another address', 'TH-01/grades', {}, 404, 'not-found'],
    ['more than 1 MiB', 'TH-01/attendance', `"${'x'.repeat(1_050_000)}"`, 413, 'too-large'],
  ])('%s is answered with its status, code and remedy', async (_what, path, body, status, code) => {
    const reply = await post(path, body)
    expect(reply.status).toBe(status)
    const error = ErrorReply.parse(reply.body)
    expect(error.code).toBe(code)
    expect(error.message.length).toBeGreaterThan(10)
  })

  test('names field, value and remedy', async () => {
    const { body } = await post('TH-01/attendance', roll({ present: -3 }))
    expect(ErrorReply.parse(body).problems).toMatchObject([{ field: 'present', value: '-3' }])
  })

  test('of another content type is told which one', async () => {
    const { status, body } = await post('TH-01/attendance', 'a=1', 'application/x-www-form-urlencoded')
    expect([status, body['code']]).toEqual([415, 'media-type'])
  })

  test('is a dead letter of HTTP all the same', async () => {
    await post('TH-02/checkin', '[')
    const { rows } = await db.database.query(
      `select source, topic, reason from dead_letter l join dead_message m on m.id = l.message_id
       order by l.id desc limit 1`,
    )
    expect(rows).toEqual([{ source: 'http', topic: 'ioc/v1/TH-02/checkin', reason: 'not-json' }])
  })
})

test('health, readiness and metrics answer', async () => {
  expect((await fetch(`${ingest.httpUrl}/healthz`)).status).toBe(200)
  expect(await (await fetch(`${ingest.httpUrl}/readyz`)).json()).toEqual({
    ready: true,
    database: true,
    broker: true,
    room: true,
    findings: [],
  })
  const text = await (await fetch(`${ingest.httpUrl}/metrics`)).text()
  expect(text).toMatch(/ioc_ingest_stored_total\{kind="attendance"\} 2/)
  expect(text).toMatch(/ioc_ingest_dead_letter_total\{kind="telemetry",reason="out-of-range"\} 1/)
})

test('an inconsistent roll is stored and counted as a fault', async () => {
  expect(await post('TH-01/attendance', roll({ class: '5A', present: 1 }))).toMatchObject({
    body: { stored: 1 },
  })
  expect((await ingest.metrics()).sample('ioc_ingest_faults_total{reason="inconsistent-roll"}')).toBe(1)
})

test('a device works as soon as it is registered', async () => {
  const path = 'TH-02/telemetry/new-1'
  expect((await post(path, { co2: 500 })).status).toBe(404)
  await db.database.transaction(async (client) => {
    await client.query(
      `insert into device (school_id, site_id, code, kind, room, room_kind, interval_s, valid_from)
       select s.id, t.id, 'new-1', 'room', 'x', 'classroom', 60, '2022-01-01'
       from school s join site t on t.school_id = s.id where s.code = 'TH-02'`,
    )
    await client.query('update registry_version set version = version + 1')
  })
  expect((await post(path, { co2: 500 })).status).toBe(200)
})
