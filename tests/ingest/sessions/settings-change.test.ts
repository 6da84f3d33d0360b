import { setTimeout as delay } from 'node:timers/promises'
import { connect, type IConnackPacket } from 'mqtt'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { json, mqttClient } from '../clients.ts'
import { type IngestHarness, startIngest } from '../harness.ts'
import { findProgram, type Mosquitto, startMosquitto } from '../mosquitto.ts'
import { readied } from '../readiness.ts'
import { addSchools } from '../registry-fixture.ts'

const program = findProgram('mosquitto')

describe.skipIf(!program)('sessions at a Mosquitto follow the settings', () => {
  let db: TestDatabase
  let mosquitto: Mosquitto
  let ts = Date.now() - 3_600_000
  beforeAll(async () => {
    db = await createTestDatabase()
    await addSchools(db.database)
    mosquitto = await startMosquitto(program!)
  })
  afterAll(async () => {
    await mosquitto.remove()
    await db.drop()
  })
  beforeEach(() => db.database.query('truncate reading, device_seen, dead_letter, dead_message, journal'))

  async function start(settings: Record<string, string>): Promise<IngestHarness> {
    const ingest = await startIngest({
      databaseUrl: db.url,
      settings: { MQTT_URL: mosquitto.url, ...settings },
    })
    onTestFinished(() => ingest.stop())
    await vi.waitFor(async () => expect((await readied(ingest.httpUrl)).ready).toBe(true), 10_000)
    return ingest
  }
  async function send(count: number, topic = 'ioc/v1/TH-01/telemetry/room-1'): Promise<void> {
    const client = await mqttClient(mosquitto.url)
    const publishes = Array.from({ length: count }, () => {
      ts += 1
      return client.publishAsync(topic, json({ ts, values: { co2: 500 } }), { qos: 1 })
    })
    await Promise.all(publishes)
  }
  const count = async (table: 'reading' | 'dead_letter') =>
    (await db.database.query(`select count(*) as n from ${table}`)).rows[0]!['n'] as number
  const sessions = async (owner: string) =>
    (
      await db.database.query<{ id: string }>(
        'select client_id as id from broker_session where owner = $1 order by 1',
        [owner],
      )
    ).rows.map(({ id }) => id)
  /** Whether the broker has a session of this name. */
  async function isKept(clientId: string): Promise<boolean> {
    const client = connect(mosquitto.url, { clientId, clean: false, reconnectPeriod: 0 })
    const { sessionPresent } = await new Promise<IConnackPacket>((resolve) => client.once('connect', resolve))
    await client.endAsync(true)
    return sessionPresent
  }

  test('a filter that was taken out of the settings brings nothing any more', async () => {
    const owner = { MQTT_CLIENT_ID: 'drift' }
    const first = await start({ ...owner, MQTT_SUBSCRIPTION: 'ioc/v1/#, old/#' })
    await send(1, 'old/1')
    await vi.waitFor(async () => expect(await count('dead_letter')).toBe(1))
    await first.stop()
    const second = await start({ ...owner, MQTT_SUBSCRIPTION: 'ioc/v1/#' })
    await send(1, 'old/2')
    await send(1)
    await vi.waitFor(async () => expect(await count('reading')).toBe(1))
    expect((await second.metrics()).received).toBe(1)
    const { rows } = await db.database.query("select filters from broker_session where owner = 'drift'")
    expect(rows).toEqual([{ filters: ['ioc/v1/#'] }])
  })

  test.each([
    ['1', '3', ['grow-13-1', 'grow-13-2', 'grow-13-3'], ['grow-13']],
    ['3', '1', ['grow-31'], ['grow-31-1', 'grow-31-2', 'grow-31-3']],
  ])(
    'from %s sessions to %s: those of before are emptied and ended, and lose nothing',
    async (before, after, names, ended) => {
      const owner = `grow-${before}${after}`
      const first = await start({ MQTT_CLIENT_ID: owner, MQTT_SESSIONS: before })
      await first.stop()
      await send(900)
      await start({ MQTT_CLIENT_ID: owner, MQTT_SESSIONS: after })
      await vi.waitFor(async () => expect(await count('reading')).toBe(900), 20_000)
      await vi.waitFor(async () => expect(await sessions(owner)).toEqual(names), {
        timeout: 40_000,
        interval: 200,
      })
      for (const name of ended) expect(await isKept(name)).toBe(false)
      await send(100)
      await vi.waitFor(async () => expect(await count('reading')).toBe(1_000), 10_000)
    },
  )

  test('a second program stands by for a single session, ready, and takes it over when the first goes', async () => {
    const owner = { MQTT_CLIENT_ID: 'single' }
    const first = await start(owner)
    const second = await start({ ...owner, MQTT_SUBSCRIPTION: 'ioc/v1/#' })
    await delay(200)
    expect((await first.metrics()).sample('ioc_ingest_sessions_held')).toBe(1)
    expect((await second.metrics()).sample('ioc_ingest_sessions_held')).toBe(0)
    await first.stop()
    await send(50)
    await vi.waitFor(async () => expect(await count('reading')).toBe(50), 10_000)
    expect((await second.metrics()).sample('ioc_ingest_sessions_held')).toBe(1)
  })

  test('a program publishes commands to devices, and counts those that could not leave', async () => {
    const ingest = await start({ MQTT_CLIENT_ID: 'commander', MQTT_SESSIONS: '2' })
    const device = await mqttClient(mosquitto.url)
    const got: string[] = []
    device.on('message', (topic, payload) => got.push(`${topic} ${payload}`))
    await device.subscribeAsync('spBv1.0/#')
    ingest.app.publish('spBv1.0/nghe-an/NCMD/TH-01', Buffer.from('rebirth'))
    ingest.app.publish('spBv1.0/+/NCMD/TH-01', Buffer.from('a filter is no topic'))
    await vi.waitFor(() => expect(got).toEqual(['spBv1.0/nghe-an/NCMD/TH-01 rebirth']))
    const counts = await ingest.metrics()
    expect(counts.sample('ioc_ingest_commands_total{outcome="sent"}')).toBe(1)
    expect(counts.sample('ioc_ingest_commands_total{outcome="unsent"}')).toBe(1)
  })
})
