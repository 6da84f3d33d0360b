import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { Batcher } from '../../../ingest/batcher.ts'
import type { Waiting } from '../../../ingest/letters/known.ts'
import { Retrier } from '../../../ingest/letters/retrier.ts'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { addDeadMessage } from '../../helpers/dead-letters.ts'
import { json, mqttClient } from '../clients.ts'
import { expectAccounted, type IngestHarness, startIngest } from '../harness.ts'
import { createPipeline } from '../pipeline-tools.ts'
import { addDevice, addSchools } from '../registry-fixture.ts'

let db: TestDatabase
let ingest: IngestHarness | undefined
beforeAll(async () => {
  db = await createTestDatabase()
  await addSchools(db.database)
})
afterAll(() => db.drop())
beforeEach(async () => {
  await db.database.query(
    'truncate reading, device_seen, dead_letter, dead_message, journal restart identity',
  )
})
afterEach(async () => {
  await ingest?.stop()
  ingest = undefined
})

const start = async (settings: Record<string, string> = {}) => {
  ingest = await startIngest({ databaseUrl: db.url, settings })
  return ingest
}
const T0 = Date.now() - 600_000
const topicOf = (device: string) => `ioc/v1/TH-01/telemetry/${device}`
const body = (at: number) => json({ ts: T0 + at, values: { co2: 500 } })
const readings = async (device: string) => {
  const { rows } = await db.database.query(
    'select count(*)::int as n from reading r join device d on d.id = r.device_id where d.code = $1',
    [device],
  )
  return rows[0]!['n'] as number
}
const waitingMessages = async () => {
  const { rows } = await db.database.query('select count(*)::int as n from dead_message where waiting')
  return rows[0]!['n'] as number
}

test('what an unregistered device sends by MQTT waits, and is stored by itself once the device is registered', async () => {
  const program = await start()
  const client = await mqttClient(program.mqttUrl, { username: 'vendor-7', password: 'x' })
  await Promise.all(
    Array.from({ length: 300 }, (_, at) => client.publishAsync(topicOf('new-1'), body(at), { qos: 1 })),
  )
  await client.publishAsync(topicOf('never'), body(0), { qos: 1 })
  const { rows } = await db.database.query('select * from waiting_device order by name')
  expect(rows).toMatchObject([
    { reason: 'unregistered-device', format: 'native', name: 'TH-01/never', messages: 1 },
    { format: 'native', name: 'TH-01/new-1', messages: 300, last_topic: topicOf('new-1'), last_message: 300 },
  ])
  const names = await db.database.query('select distinct username from dead_message')
  expect(names.rows).toEqual([{ username: 'vendor-7' }])

  await addDevice(db.database, 'TH-01', 'new-1')
  await vi.waitFor(async () => expect(await readings('new-1')).toBe(300), 10_000)
  await vi.waitFor(async () => expect(await waitingMessages()).toBe(1))
  const counts = await expectAccounted(program)
  expect(counts).toMatchObject({ received: 601, stored: 300, deadLetter: 301, inFlight: 0 })
  expect(counts.sample('ioc_ingest_retried_total')).toBe(300)
})

test('received = stored + duplicate + dead letter + in flight while waiting messages are carried, and live ones pass', async () => {
  const program = await start({ IN_FLIGHT_MESSAGES: '500' })
  const client = await mqttClient(program.mqttUrl)
  await Promise.all(
    Array.from({ length: 2_000 }, (_, at) => client.publishAsync(topicOf('new-2'), body(at), { qos: 1 })),
  )
  await addDevice(db.database, 'TH-01', 'new-2')
  const slowest = { ms: 0 }
  for (let at = 0; (await waitingMessages()) > 0; at++) {
    const since = performance.now()
    await client.publishAsync(topicOf('room-1'), body(at), { qos: 1 })
    slowest.ms = Math.max(slowest.ms, performance.now() - since)
    const { inFlight } = await expectAccounted(program)
    // A page of what waited, and the live message.
    expect(inFlight).toBeLessThanOrEqual(201)
  }
  expect(await readings('new-2')).toBe(2_000)
  expect(slowest.ms).toBeLessThan(2_000)
})

test('what waited while no ingest ran, and what a killed one had leased, is carried after the start', async () => {
  const letters = (device: string) => [
    { reason: 'unregistered-device', format: 'native', device: `TH-01/${device}`, school: 'TH-01' },
  ]
  await addDevice(db.database, 'TH-01', 'new-3')
  for (let at = 0; at < 3; at++) {
    await addDeadMessage(db.database, {
      topic: topicOf('new-3'),
      payload: body(at),
      letters: letters('new-3'),
    })
  }
  await db.database.query(
    `update dead_message set leased_until = clock_timestamp() + interval '1 hour' where id = 2`,
  )
  const killed = await start()
  await vi.waitFor(async () => expect(await readings('new-3')).toBe(2), 10_000)
  await killed.stop()
  await db.database.query(`update dead_message set leased_until = clock_timestamp() - interval '1 second'`)
  const program = await start()
  await vi.waitFor(async () => expect(await readings('new-3')).toBe(3), 10_000)
  expect((await expectAccounted(program)).duplicate).toBe(0)
})

describe('of messages whose format says what is known', () => {
  const known = new Set<string>()
  let retrier: Retrier
  beforeEach(async () => {
    known.clear()
    const { tools, carry } = await createPipeline(db)
    const intake = new Batcher({
      limits: { messages: 1_000, bytes: 131_072, targetMs: 200, everyMs: 0, atOnce: 1 },
      room: { messages: 1_000, bytes: 10_000_000 },
      carry,
      onTaken: () => {},
    })
    const isKnown = ({ name }: Waiting) => known.has(name)
    retrier = new Retrier({ database: db.database, isKnown, intake, log: tools.log, lookEveryMs: 50 })
    retrier.start()
  })
  afterEach(() => retrier.stop())
  const letters = ['a', 'b'].map((device) => ({ reason: 'no-birth', format: 'sparkplug', device }))
  const attempts = async () => (await db.database.query('select attempts from dead_message')).rows

  test('one of several devices is carried as soon as it is known itself, without a word from anybody', async () => {
    await addDeadMessage(db.database, { topic: topicOf('room-2'), payload: body(0), letters })
    await delay(200)
    expect(await readings('room-2')).toBe(0)
    known.add('b')
    await vi.waitFor(async () => expect(await readings('room-2')).toBe(1))
    expect(await attempts()).toEqual([])
  })

  test('those that come back all the same are left alone until there is news', async () => {
    await addDeadMessage(db.database, { topic: topicOf('nobody'), payload: body(0), letters })
    known.add('a')
    await vi.waitFor(async () => expect(await attempts()).toEqual([{ attempts: 1 }]))
    await delay(300)
    expect(await attempts()).toEqual([{ attempts: 1 }])
    known.add('TH-01/nobody')
    retrier.nudge()
    await vi.waitFor(async () => expect(await attempts()).toEqual([{ attempts: 2 }]))
    await delay(300)
    expect(await attempts()).toEqual([{ attempts: 2 }])
  })
})
