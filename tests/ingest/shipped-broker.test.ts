import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts'
import { json, mqttClient } from './clients.ts'
import { type IngestHarness, startIngest } from './harness.ts'
import { findProgram } from './mosquitto.ts'
import { readied } from './readiness.ts'
import { addSchools } from './registry-fixture.ts'
import { type ShippedBroker, startShippedBroker } from './shipped-broker.ts'

const program = findProgram('mosquitto')
const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

test.each(['mosquitto.conf', 'acl'])('every line of the shipped %s stands under an explanation', (file) => {
  const text = read(`ingest/broker-config/${file}`)
  expect(text).toMatch(/^#/)
  // A setting follows its comment, or another setting of the same comment; never an empty line.
  expect(text).not.toMatch(/\n\n[a-z]/)
})

describe.skipIf(!program)('a Mosquitto with the shipped configuration', () => {
  let db: TestDatabase
  let broker: ShippedBroker
  let ts = Date.now() - 3_600_000
  beforeAll(async () => {
    db = await createTestDatabase()
    await addSchools(db.database)
    broker = await startShippedBroker(program!)
  })
  afterAll(async () => {
    await broker.remove()
    await db.drop()
  })

  async function start(settings: Record<string, string> = {}): Promise<IngestHarness> {
    const ingest = await startIngest({
      databaseUrl: db.url,
      settings: {
        MQTT_URL: broker.securedUrl,
        MQTT_CA_FILE: broker.caFile,
        MQTT_USERNAME: 'ioc-ingest',
        MQTT_PASSWORD: 'ioc-ingest',
        ...settings,
      },
    })
    onTestFinished(() => ingest.stop())
    await vi.waitFor(async () => expect((await readied(ingest.httpUrl)).ready).toBe(true), 10_000)
    return ingest
  }
  const school = (code: string, url = broker.url) =>
    mqttClient(url, { username: code, password: code, protocolVersion: 5, ca: broker.authority.cert })
  const body = () => {
    ts += 1
    return json({ ts, values: { co2: 500 } })
  }
  const readings = async () =>
    (await db.database.query('select count(*) as n from reading')).rows[0]!['n'] as number

  test.each([
    ['one session', {}],
    ['two sessions', { MQTT_SESSIONS: '2', MQTT_CLIENT_ID: 'two' }],
  ])('passes the preflight over TLS with %s: nothing is found', async (_how, settings) => {
    const ingest = await start(settings)
    // The probe has been there when the count of drops has been read after it.
    await vi.waitFor(async () => {
      const { rows } = await db.database.query("select 1 from broker_drops where broker like '%' || $1", [
        new URL(broker.securedUrl).port,
      ])
      expect(rows).toHaveLength(1)
    }, 20_000)
    await delay(300)
    expect((await readied(ingest.httpUrl)).findings).toEqual([])
    await db.database.query('truncate broker_drops')
  })

  test('lets a school write its own topics and no others, and nobody in without a password', async () => {
    await start()
    const before = await readings()
    const own = await school('TH-01', broker.securedUrl)
    const publish = (topic: string) => own.publishAsync(topic, body(), { qos: 1 })
    await publish('ioc/v1/TH-01/telemetry/room-1')
    // Reason code 135, not authorized; MQTT.js makes an error of it.
    await expect(publish('ioc/v1/TH-02/telemetry/room-1')).rejects.toThrow(/Not authorized/)
    await expect(publish('ioc/probe/x')).rejects.toThrow(/Not authorized/)
    await vi.waitFor(async () => expect(await readings()).toBe(before + 1), 5_000)
    await expect(mqttClient(broker.url, { protocolVersion: 5 })).rejects.toThrow(/Not authorized/)
  })

  test('lets a school read nothing of another', async () => {
    const other = await school('TH-02')
    const heard: string[] = []
    other.on('message', (topic) => heard.push(topic))
    await other.subscribeAsync('#', { qos: 1 })
    const own = await school('TH-01')
    await own.publishAsync('ioc/v1/TH-01/telemetry/room-1', body(), { qos: 1 })
    await delay(300)
    expect(heard).toEqual([])
  })

  test('keeps for ingest what comes at QoS 0 while it is away, as some vendors can do no better', async () => {
    const ingest = await start()
    await ingest.stop()
    const before = await readings()
    const own = await school('TH-01')
    for (let count = 0; count < 20; count++) own.publish('ioc/v1/TH-01/telemetry/room-1', body())
    await own.publishAsync('ioc/v1/TH-01/telemetry/room-1', body(), { qos: 1 })
    await start()
    await vi.waitFor(async () => expect(await readings()).toBe(before + 21), 10_000)
  })
})
