import net from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { generate } from 'mqtt-packet'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts'
import { json, mqttClient } from './clients.ts'
import { expectAccounted, type IngestHarness, startIngest } from './harness.ts'
import { addSchools } from './registry-fixture.ts'

let db: TestDatabase
let ingest: IngestHarness
let room1: number
beforeAll(async () => {
  db = await createTestDatabase()
  room1 = (await addSchools(db.database)).room1
  ingest = await startIngest({ databaseUrl: db.url })
})
afterAll(async () => {
  await ingest.stop()
  await db.drop()
})
afterEach(async () => {
  await vi.waitFor(async () => expect((await expectAccounted(ingest)).inFlight).toBe(0))
})

const TELEMETRY = 'ioc/v1/TH-01/telemetry/room-1'
const countReadings = async (where = 'true') =>
  (await db.database.query<{ n: number }>(`select count(*) as n from reading where ${where}`)).rows[0]!.n

let nextTs = Math.floor(Date.now() / 1000) * 1000 - 3_600_000
/** A moment no other test has used. */
const freshTs = () => {
  nextTs += 1000
  return nextTs
}

test.each([0, 1, 2] as const)('a message at QoS %i becomes a row', async (qos) => {
  const client = await mqttClient(ingest.mqttUrl)
  const ts = freshTs()
  await client.publishAsync(TELEMETRY, json({ ts, values: { co2: 612, temperature: 27.3 } }), { qos })
  await vi.waitFor(async () => {
    const { rows } = await db.database.query(
      'select metric_id, value, quality & 1 as arrival from reading where device_id = $1 and ts = $2 order by metric_id',
      [room1, new Date(ts)],
    )
    expect(rows).toEqual([
      { metric_id: 1, value: 612, arrival: 0 },
      { metric_id: 2, value: 27.3, arrival: 0 },
    ])
  }, 5_000)
})

test('nothing is acknowledged before its transaction has committed, and pings are answered meanwhile', async () => {
  const client = await mqttClient(ingest.mqttUrl, { keepalive: 1 })
  const ts = freshTs()
  let acknowledged = 0
  const { release } = await holdReadings()
  const publishes = Array.from({ length: 50 }, (_, at) =>
    client.publishAsync(TELEMETRY, json({ ts: ts + at, values: { co2: 500 } }), { qos: 1 }).then(() => {
      acknowledged += 1
    }),
  )
  // Longer than the client's patience of one and a half keep-alive times.
  await delay(2_500)
  expect(acknowledged).toBe(0)
  expect(client.connected).toBe(true)
  expect((await expectAccounted(ingest)).inFlight).toBe(50)
  await release()
  await Promise.all(publishes)
  nextTs += 1000
  expect(
    await countReadings(`ts between to_timestamp(${ts / 1000}) and to_timestamp(${(ts + 49) / 1000})`),
  ).toBe(50)
})

/** Keeps every store transaction waiting: by a lock on a server, by the single session when embedded. */
async function holdReadings(): Promise<{ release: () => Promise<void> }> {
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  let locked = () => {}
  const isLocked = new Promise<void>((resolve) => {
    locked = resolve
  })
  const transaction = db.database.transaction(async (client) => {
    await client.query('lock table device_seen in access exclusive mode')
    locked()
    await held
  })
  await isLocked
  return {
    release: () => {
      release()
      return transaction
    },
  }
}

test('acknowledgements come in the order of the messages, bad ones among them', async () => {
  const socket = net.connect(Number(new URL(ingest.mqttUrl).port), '127.0.0.1')
  const order: number[] = []
  const done = new Promise<void>((resolve) => {
    let buffer = Buffer.alloc(0)
    socket.on('data', (chunk) => {
      buffer = Buffer.concat([buffer, chunk])
      while (buffer.length >= 2 && buffer.length >= 2 + buffer[1]!) {
        if (buffer[0] === 0x40) order.push(buffer.readUInt16BE(2))
        buffer = buffer.subarray(2 + buffer[1]!)
      }
      if (order.length === 300) resolve()
    })
  })
  socket.write(
    generate({ cmd: 'connect', clientId: 'raw', protocolId: 'MQTT', protocolVersion: 4, clean: true }),
  )
  const ts = freshTs()
  for (let id = 1; id <= 300; id++) {
    const topic = id % 7 === 0 ? 'some/other/topic' : TELEMETRY
    const payload = id % 5 === 0 ? 'rubbish' : json({ ts: ts + id, values: { noise: 40 } })
    socket.write(
      generate({ cmd: 'publish', topic, payload, qos: 1, messageId: id, retain: false, dup: false }),
    )
  }
  await done
  nextTs += 1000
  socket.destroy()
  expect(order).toEqual(Array.from({ length: 300 }, (_, at) => at + 1))
})

test('a refused message is acknowledged, kept as a dead letter, and neither forwarded nor retained', async () => {
  const subscriber = await mqttClient(ingest.mqttUrl)
  const seen: string[] = []
  subscriber.on('message', (topic, payload) => seen.push(`${topic} ${payload.toString()}`))
  await subscriber.subscribeAsync('#', { qos: 1 })
  const client = await mqttClient(ingest.mqttUrl)
  await client.publishAsync('building/7/door', 'open', { qos: 1, retain: true })
  await client.publishAsync('ioc/v1/TH-01/status', json({ open: 'maybe' }), { qos: 2, retain: true })
  const ts = freshTs()
  await client.publishAsync(TELEMETRY, json({ ts, values: { co2: 700 } }), { qos: 1 })
  await vi.waitFor(() => expect(seen).toHaveLength(1))
  expect(seen[0]).toContain(TELEMETRY)

  const later = await mqttClient(ingest.mqttUrl)
  const retained: string[] = []
  later.on('message', (topic) => retained.push(topic))
  await later.subscribeAsync('#', { qos: 1 })
  await delay(200)
  expect(retained).toEqual([])
  const { rows } = await db.database.query(
    `select topic, reason, convert_from(payload, 'UTF8') as payload
     from dead_letter l join dead_message m on m.id = l.message_id
     where reason in ('unknown-topic', 'bad-body') and topic in ('building/7/door', 'ioc/v1/TH-01/status') order by l.id`,
  )
  expect(rows).toEqual([
    { topic: 'building/7/door', reason: 'unknown-topic', payload: 'open' },
    { topic: 'ioc/v1/TH-01/status', reason: 'bad-body', payload: '{"open":"maybe"}' },
  ])
})

test('a retained status reaches whoever subscribes later, and an empty one is forgotten', async () => {
  const client = await mqttClient(ingest.mqttUrl)
  const status = json({ open: false, reason: 'bão', since: freshTs() })
  await client.publishAsync('ioc/v1/TH-02/status', status, { qos: 1, retain: true })
  const hear = async () => {
    const subscriber = await mqttClient(ingest.mqttUrl)
    const heard: { payload: string; retain: boolean }[] = []
    subscriber.on('message', (_topic, payload, packet) =>
      heard.push({ payload: payload.toString(), retain: packet.retain }),
    )
    await subscriber.subscribeAsync('ioc/v1/+/status', { qos: 1 })
    await delay(200)
    return heard
  }
  expect(await hear()).toEqual([{ payload: status, retain: true }])
  await client.publishAsync('ioc/v1/TH-02/status', '', { qos: 1, retain: true })
  expect(await hear()).toEqual([])
})

test('a device that vanishes is offline by its last will; one that takes its leave is not', async () => {
  const state = 'ioc/v1/TH-01/devices/gate-1/state'
  const will = { topic: state, payload: Buffer.from(json({ online: false })), qos: 1 as const, retain: true }
  const online = async () =>
    (
      await db.database.query(
        `select c.online from device_connection_current c join device d on d.id = c.device_id where d.code = 'gate-1'`,
      )
    ).rows
  const polite = await mqttClient(ingest.mqttUrl, { will })
  await polite.publishAsync(state, json({ online: true }), { qos: 1, retain: true })
  await polite.endAsync()
  await delay(200)
  expect(await online()).toEqual([{ online: true }])
  const rude = await mqttClient(ingest.mqttUrl, { will })
  rude.stream.destroy()
  await vi.waitFor(async () => expect(await online()).toEqual([{ online: false }]))
})

test('a message published right before the connection breaks is stored and still forwarded', async () => {
  const subscriber = await mqttClient(ingest.mqttUrl)
  const heard: string[] = []
  subscriber.on('message', (topic) => heard.push(topic))
  await subscriber.subscribeAsync('ioc/v1/TH-02/telemetry/+')
  const { release } = await holdReadings()
  const client = await mqttClient(ingest.mqttUrl)
  const ts = freshTs()
  client.publish('ioc/v1/TH-02/telemetry/room-1', json({ ts, values: { co2: 444 } }), { qos: 1 })
  await vi.waitFor(async () => expect((await ingest.metrics()).inFlight).toBe(1))
  client.stream.destroy()
  await release()
  await vi.waitFor(() => expect(heard).toEqual(['ioc/v1/TH-02/telemetry/room-1']))
  expect(await countReadings('value = 444')).toBe(1)
})

test.each([
  ['publishes to a topic of the broker', { topic: '$SYS/uptime', payload: 'x' }, 'not-allowed'],
  ['publishes to a filter', { topic: 'ioc/v1/+/status', payload: 'x' }, 'bad-topic'],
  ['sends a packet of more than 1 MiB', { topic: TELEMETRY, payload: 'x'.repeat(1_200_000) }, 'too-large'],
])('a client that %s is disconnected, and that is counted', async (_what, { topic, payload }, reason) => {
  const name = `ioc_ingest_refused_total{reason="${reason}"}`
  const before = (await ingest.metrics()).sample(name)
  const socket = net.connect(Number(new URL(ingest.mqttUrl).port), '127.0.0.1')
  socket.on('error', () => {})
  const closed = new Promise((resolve) => socket.on('close', resolve))
  socket.resume()
  socket.write(
    generate({ cmd: 'connect', clientId: 'rude', protocolId: 'MQTT', protocolVersion: 4, clean: true }),
  )
  socket.write(generate({ cmd: 'publish', topic, payload, qos: 1, messageId: 1, retain: false, dup: false }))
  await closed
  expect((await ingest.metrics()).sample(name)).toBe(before + 1)
})

test('connections that end, in whatever way, leave nothing behind', async () => {
  const connections = async () => (await ingest.metrics()).sample('ioc_ingest_connections')
  await vi.waitFor(async () => expect(await connections()).toBe(0))
  const { port } = new URL(ingest.mqttUrl)
  const connect = generate({
    cmd: 'connect',
    clientId: 'same',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
  })
  const publish = generate({
    cmd: 'publish',
    topic: 'x',
    payload: 'y',
    qos: 1,
    messageId: 1,
    retain: false,
    dup: false,
  })
  const endings: ((socket: net.Socket) => void)[] = [
    (socket) => socket.destroy(),
    (socket) => socket.resetAndDestroy(),
    (socket) => socket.end(generate({ cmd: 'disconnect' })),
    (socket) => socket.end(connect),
    (socket) => socket.end('GET / HTTP/1.1\r\n\r\n'),
  ]
  for (let round = 0; round < 60; round++) {
    const socket = net.connect(Number(port), '127.0.0.1')
    socket.on('error', () => {})
    if (round % 3 > 0) socket.write(connect)
    if (round % 3 > 1) socket.write(publish)
    await delay(round % 7)
    endings[round % endings.length]!(socket)
  }
  await vi.waitFor(async () => expect(await connections()).toBe(0), 5_000)
})

test('topics of the broker are not given to subscribers', async () => {
  const client = await mqttClient(ingest.mqttUrl)
  await expect(client.subscribeAsync('$SYS/#')).rejects.toThrow()
})

test('a command reaches the device that listens for it, and is no message', async () => {
  const device = await mqttClient(ingest.mqttUrl)
  const heard: string[] = []
  device.on('message', (topic, payload) => heard.push(`${topic} ${payload}`))
  await device.subscribeAsync('spBv1.0/#')
  const { received } = await ingest.metrics()
  ingest.app.publish('spBv1.0/nghe-an/NCMD/TH-01', Buffer.from('rebirth'))
  ingest.app.publish('spBv1.0/#', Buffer.from('a filter is no topic'))
  await vi.waitFor(() => expect(heard).toEqual(['spBv1.0/nghe-an/NCMD/TH-01 rebirth']))
  const counts = await ingest.metrics()
  expect(counts.received).toBe(received)
  expect(counts.sample('ioc_ingest_commands_total{outcome="sent"}')).toBe(1)
  expect(counts.sample('ioc_ingest_commands_total{outcome="unsent"}')).toBe(1)
})

test('a taken port is said in one sentence', async () => {
  const port = new URL(ingest.mqttUrl).port
  await expect(startIngest({ databaseUrl: db.url, settings: { MQTT_PORT: port } })).rejects.toThrow(
    `Port ${port} on 127.0.0.1 is taken by another program: stop that one, or set MQTT_PORT to a free port.`,
  )
})
