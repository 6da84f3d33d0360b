import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts'
import { json, mqttClient } from './clients.ts'
import { expectAccounted, type IngestHarness, startIngest } from './harness.ts'
import { addSchools } from './registry-fixture.ts'
import { startProxy, type TcpProxy } from './tcp-proxy.ts'

let db: TestDatabase
let proxy: TcpProxy
let ingest: IngestHarness
let logged: { level: number; msg: string }[] = []
const log = pino({ level: 'info' }, { write: (line: string) => logged.push(JSON.parse(line)) })

beforeAll(async () => {
  db = await createTestDatabase()
  await addSchools(db.database)
})
afterAll(() => db.drop())
beforeEach(async () => {
  await db.database.query('truncate reading, device_seen, dead_letter, dead_message, journal')
  logged = []
  proxy = await startProxy(db.url)
})
afterEach(async () => {
  await ingest.stop()
  await proxy.close()
})

const start = async (settings: Record<string, string> = {}) => {
  const url = new URL(db.url)
  url.host = `127.0.0.1:${proxy.port}`
  ingest = await startIngest({ databaseUrl: url.href, log, settings })
}
const TOPIC = 'ioc/v1/TH-01/telemetry/room-1'
const body = (at: number) => json({ ts: Date.now() - 60_000 + at, values: { co2: 500, light: 300 } })
const readings = async () => (await db.database.query('select count(*) as n from reading')).rows[0]!['n']
const ready = async () => (await fetch(`${ingest.httpUrl}/readyz`)).status
const post = (text: string) =>
  fetch(`${ingest.httpUrl}/api/v1/ingest/TH-01/telemetry/room-1`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: text,
  })

test('while the database is away messages are held unacknowledged, and all are stored once when it is back', async () => {
  await start()
  const client = await mqttClient(ingest.mqttUrl, { keepalive: 1 })
  await client.publishAsync(TOPIC, body(0), { qos: 1 })
  proxy.cut()
  let acknowledged = 0
  const publishes = Array.from({ length: 500 }, (_, at) =>
    client.publishAsync(TOPIC, body(1 + at), { qos: 1 }).then(() => {
      acknowledged += 1
    }),
  )
  await delay(3_000)
  expect(acknowledged).toBe(0)
  expect(client.connected).toBe(true)
  expect(await ready()).toBe(503)
  const refused = await post(body(0))
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
  expect(await refused.json()).toMatchObject({ code: 'unavailable' })

  await proxy.restore()
  await Promise.all(publishes)
  expect(await readings()).toBe(1002)
  await vi.waitFor(async () => expect(await ready()).toBe(200), 5_000)
  const counts = await expectAccounted(ingest)
  expect([counts.received, counts.stored, counts.inFlight]).toEqual([1002, 1002, 0])
  // One line for the loss and one for the return, however many attempts there were.
  const said = logged.map((line) => line.msg).filter((text) => text.startsWith('database'))
  expect(said).toEqual(['database lost; messages are held unacknowledged', 'database is back'])
})

test('while the disk of the database is full messages are held, and the log and readiness say which trouble it is', async () => {
  await start()
  const client = await mqttClient(ingest.mqttUrl)
  await client.publishAsync(TOPIC, body(0), { qos: 1 })
  // What a server says that has no space left.
  await db.database.query(`create function refuse() returns trigger language plpgsql as
    $$ begin raise exception 'could not extend file' using errcode = '53100'; end $$`)
  await db.database.query(
    'create trigger full_disk before insert on reading for each row execute function refuse()',
  )
  let acknowledged = 0
  const publishes = Array.from({ length: 100 }, (_, at) =>
    client.publishAsync(TOPIC, body(1 + at), { qos: 1 }).then(() => {
      acknowledged += 1
    }),
  )
  const readiness = async () => (await fetch(`${ingest.httpUrl}/readyz`)).json()
  await vi.waitFor(
    async () => expect(await readiness()).toMatchObject({ ready: false, database: false }),
    5_000,
  )
  expect(await readiness()).toMatchObject({
    trouble: expect.stringMatching(/^The disk of the database at .* is full/),
  })
  await delay(1_000)
  expect(acknowledged).toBe(0)

  await db.database.query('drop trigger full_disk on reading')
  await db.database.query('drop function refuse')
  await Promise.all(publishes)
  expect(await readings()).toBe(202)
  const said = logged.map((line) => line.msg).filter((text) => text.includes('database'))
  expect(said).toEqual([
    'the disk of the database is full; messages are held unacknowledged until there is space',
    'database is back',
  ])
  expect((await readiness()) as object).not.toHaveProperty('trouble')
})

test('a connection that breaks in the middle of transactions loses nothing and stores nothing twice', async () => {
  await start({ BATCH_MS: '0' })
  const client = await mqttClient(ingest.mqttUrl)
  const publishes = Array.from({ length: 2_000 }, (_, at) => client.publishAsync(TOPIC, body(at), { qos: 1 }))
  for (let round = 0; round < 5; round++) {
    await delay(60)
    proxy.cut()
    await delay(20)
    await proxy.restore()
  }
  await Promise.all(publishes)
  expect(await readings()).toBe(4_000)
  const counts = await expectAccounted(ingest)
  expect(counts.stored + counts.duplicate).toBe(4_000)
})

test('with no room left QoS 1 waits, QoS 0 is dropped and counted, HTTP is told to come again', async () => {
  await start({ IN_FLIGHT_MESSAGES: '100' })
  const client = await mqttClient(ingest.mqttUrl)
  proxy.freeze()
  // More than one connection may have waiting: its socket is not even read to the end.
  const publishes = Array.from({ length: 4_000 }, (_, at) => client.publishAsync(TOPIC, body(at), { qos: 1 }))
  await vi.waitFor(async () => expect((await ingest.metrics()).inFlight).toBe(100))
  const hasty = await mqttClient(ingest.mqttUrl)
  for (let at = 0; at < 50; at++) hasty.publish(TOPIC, body(10_000 + at), { qos: 0 })
  await vi.waitFor(async () => expect((await ingest.metrics()).dropped).toBe(50))
  const refused = await post(body(0))
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2'])
  expect(await refused.json()).toMatchObject({ code: 'busy' })
  expect(await ready()).toBe(503)
  const waiting = async () => (await ingest.metrics()).sample('ioc_ingest_waiting_bytes')
  expect(await waiting()).toBeGreaterThan(100_000)

  proxy.cut()
  await proxy.restore()
  await Promise.all(publishes)
  expect(await readings()).toBe(8_000)
  expect((await expectAccounted(ingest)).inFlight).toBe(0)
  expect(await waiting()).toBe(0)
})

test('stopping commits and acknowledges what was taken, and sends no last will', async () => {
  await start({ BATCH_MS: '1000' })
  const will = {
    topic: 'ioc/v1/TH-01/devices/gate-1/state',
    payload: Buffer.from('{"online":false}'),
    qos: 1 as const,
    retain: true,
  }
  const client = await mqttClient(ingest.mqttUrl, { will })
  await client.publishAsync(TOPIC, body(0), { qos: 1 })
  const publishes = Array.from({ length: 200 }, (_, at) =>
    client.publishAsync(TOPIC, body(1 + at), { qos: 1 }),
  )
  await vi.waitFor(async () => expect((await ingest.metrics()).inFlight).toBe(200))
  const since = Date.now()
  await ingest.stop()
  expect(Date.now() - since).toBeLessThan(3_000)
  await Promise.all(publishes)
  expect(await readings()).toBe(402)
  expect((await db.database.query('select 1 from device_connection')).rows).toEqual([])
})

test('stopping without a database ends in time and acknowledges nothing', async () => {
  await start()
  const client = await mqttClient(ingest.mqttUrl)
  await client.publishAsync(TOPIC, body(0), { qos: 1 })
  proxy.cut()
  let acknowledged = false
  client.publishAsync(TOPIC, body(1), { qos: 1 }).then(
    () => {
      acknowledged = true
    },
    () => {},
  )
  await vi.waitFor(async () => expect((await ingest.metrics()).inFlight).toBe(1))
  const since = Date.now()
  await ingest.stop()
  expect(Date.now() - since).toBeLessThan(4_000)
  expect(acknowledged).toBe(false)
})
