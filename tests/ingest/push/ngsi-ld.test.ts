import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { ErrorReply } from '../../../shared/contract/http.ts'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { json, mqttClient } from '../clients.ts'
import { expectAccounted, type IngestHarness, startIngest } from '../harness.ts'
import { addAliases, addSchools } from '../registry-fixture.ts'
import { MORNING, post, postJson } from './pushes.ts'

const ROOM = 'urn:ngsi-ld:Room:TH01:101'
const AT = '2026-11-22T23:58:30Z'

let db: TestDatabase
let ingest: IngestHarness
beforeAll(async () => {
  db = await createTestDatabase()
  await addSchools(db.database)
  await addAliases(db.database, { [`ngsi-ld:${ROOM}`]: 'TH-01/room-1', 'iota-json:TH01-102': 'TH-01/room-2' })
  ingest = await startIngest({ databaseUrl: db.url, clock: { now: () => MORNING } })
})
afterAll(async () => {
  await ingest.stop()
  await db.drop()
})
beforeEach(() => db.database.query('truncate reading, device_seen, dead_letter, dead_message'))
afterEach(async () => {
  expect((await expectAccounted(ingest)).inFlight).toBe(0)
})

const url = () => `${ingest.httpUrl}/api/v1/push/ngsi-ld`
const notification = (...data: unknown[]) => ({
  id: 'urn:ngsi-ld:Notification:1',
  type: 'Notification',
  subscriptionId: 'urn:ngsi-ld:Subscription:1',
  notifiedAt: '2026-11-22T23:59:59Z',
  data,
})
const room = (id = ROOM, more: object = {}) => ({
  id,
  type: 'Room',
  co2: { type: 'Property', value: 612, unitCode: '59', observedAt: AT },
  ...more,
})
const readings = async () =>
  (
    await db.database.query(
      `select d.code as device, m.code as metric, r.ts, r.value, r.quality
       from reading r join device d on d.id = r.device_id join metric m on m.id = r.metric_id order by 1, 2, 3`,
    )
  ).rows
const letters = async () =>
  (await db.database.query('select reason, field, school_code from dead_letter order by id')).rows

test('a notification becomes readings of the registered device at the time they were observed, once', async () => {
  const { status, text } = await postJson(url(), notification(room()))
  expect([status, JSON.parse(text)]).toEqual([200, { stored: 1, duplicate: 0, rejected: [] }])
  // The broker tells all attributes at each change: what has not changed is known by its time.
  const again = await postJson(url(), notification(room(ROOM, { noise: { value: 47, observedAt: AT } })))
  expect(JSON.parse(again.text)).toEqual({ stored: 1, duplicate: 1, rejected: [] })
  expect(await readings()).toEqual([
    { device: 'room-1', metric: 'co2', ts: new Date(AT), value: 612, quality: 0 },
    { device: 'room-1', metric: 'noise', ts: new Date(AT), value: 47, quality: 0 },
  ])
})

test('a simplified one is marked: the time is not that of the measurement, and the value perhaps an old one', async () => {
  await postJson(url(), notification({ id: ROOM, type: 'Room', co2: 612 }))
  expect(await readings()).toMatchObject([{ ts: new Date('2026-11-22T23:59:59Z'), quality: 1 | 16 }])
})

test('JSON-LD is JSON', async () => {
  const { status } = await post(url(), JSON.stringify(notification(room())), 'application/ld+json')
  expect(status).toBe(200)
  expect((await post(url(), 'x', 'text/plain')).status).toBe(415)
})

test('good values are stored beside what is wrong, which is named by its place in the notification', async () => {
  const body = notification(
    room(ROOM, { temperature: { value: 140, observedAt: AT }, radon: 3 }),
    room('urn:new'),
  )
  const { status, text } = await postJson(url(), body)
  expect(status).toBe(200)
  expect(JSON.parse(text)).toMatchObject({
    stored: 1,
    rejected: [
      { reason: 'unknown-metric', field: 'data[0].radon' },
      { reason: 'unregistered-device', value: 'urn:new' },
      { reason: 'out-of-range', field: 'data[0].temperature', value: '140' },
    ],
  })
})

test('an entity that nobody has registered waits: 202, and the broker need not send it again', async () => {
  const { status } = await postJson(url(), notification(room('urn:ngsi-ld:Room:new')))
  expect(status).toBe(202)
  expect(await letters()).toEqual([{ reason: 'unregistered-device', field: null, school_code: null }])
})

test('a body that is no notification is refused with what is expected', async () => {
  const { status, text } = await postJson(url(), room())
  expect(status).toBe(422)
  expect(ErrorReply.parse(JSON.parse(text)).problems).toMatchObject([
    { field: 'data', remedy: expect.stringContaining('{"type":"Notification","data":[entities]}') },
  ])
})

test('measures for an IoT Agent come by MQTT, under the name of the device without its key', async () => {
  const client = await mqttClient(ingest.mqttUrl)
  const body = { t: 27.3, co2: 700, TimeInstant: AT }
  await client.publishAsync('/json/4jggokgpepnvsb2uv4s40d59ov/TH01-102/attrs', json(body), { qos: 1 })
  expect(await readings()).toMatchObject([
    { device: 'room-2', metric: 'co2', value: 700, ts: new Date(AT) },
    { device: 'room-2', metric: 'temperature', value: 27.3, ts: new Date(AT) },
  ])
})

test('what is published under push/ by MQTT is no push', async () => {
  const client = await mqttClient(ingest.mqttUrl)
  await client.publishAsync('push/ngsi-ld', json(notification(room())), { qos: 1 })
  expect(await readings()).toEqual([])
  expect(await letters()).toMatchObject([{ reason: 'unknown-topic' }])
})
