import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts'
import { json, mqttClient } from './clients.ts'
import { expectAccounted, type IngestHarness, startIngest } from './harness.ts'
import { findProgram, type Mosquitto, startMosquitto } from './mosquitto.ts'
import { readied } from './readiness.ts'
import { addSchools } from './registry-fixture.ts'
import { startProxy, type TcpProxy } from './tcp-proxy.ts'

const program = findProgram('mosquitto')

describe.skipIf(!program)('with a Mosquitto of its own', () => {
  let db: TestDatabase
  let mosquitto: Mosquitto
  let proxy: TcpProxy
  let databaseUrl: string
  let ingest: IngestHarness
  let ts = Date.now() - 3_600_000
  beforeAll(async () => {
    db = await createTestDatabase()
    await addSchools(db.database)
    mosquitto = await startMosquitto(program!)
    proxy = await startProxy(db.url)
    const url = new URL(db.url)
    url.host = `127.0.0.1:${proxy.port}`
    databaseUrl = url.href
    await start()
  })
  afterAll(async () => {
    await ingest.stop()
    await proxy.close()
    await mosquitto.remove()
    await db.drop()
  })

  async function start(): Promise<void> {
    ingest = await startIngest({ databaseUrl, settings: { MQTT_URL: mosquitto.url } })
    await isReady()
  }
  const isReady = () =>
    vi.waitFor(async () => expect((await fetch(`${ingest.httpUrl}/readyz`)).status).toBe(200), 10_000)
  const readings = async () =>
    (await db.database.query('select count(*) as n from reading')).rows[0]!['n'] as number
  const expectStored = (wanted: number) =>
    vi.waitFor(async () => expect(await readings()).toBe(wanted), 20_000)
  const send = async (count: number, qos: 0 | 1 | 2 = 1) => {
    const client = await mqttClient(mosquitto.url)
    const publishes = Array.from({ length: count }, () => {
      ts += 1
      return client.publishAsync('ioc/v1/TH-01/telemetry/room-1', json({ ts, values: { co2: 500 } }), { qos })
    })
    await Promise.all(publishes)
  }

  test('messages of every QoS become rows', async () => {
    await send(10, 0)
    await send(10, 1)
    await send(10, 2)
    await expectStored(30)
  })

  test('what came while this program was away is stored when it is back', async () => {
    const before = await readings()
    await ingest.stop()
    await send(3_000)
    await start()
    await expectStored(before + 3_000)
    await vi.waitFor(async () => expect((await expectAccounted(ingest)).stored).toBe(3_000))
  })

  test('while the database is away the broker keeps what is not acknowledged, and the connection lives on', async () => {
    const before = await readings()
    proxy.cut()
    await send(3_000)
    await delay(500)
    // Held, not lost and not acknowledged. Mosquitto 2.0 sometimes has more under way than the receive maximum, when
    // many acknowledgements and many new messages cross; our own bound is IN_FLIGHT_MESSAGES.
    const { inFlight } = await ingest.metrics()
    expect(inFlight).toBeGreaterThanOrEqual(1_000)
    expect(await readings()).toBe(before)
    await proxy.restore()
    await expectStored(before + 3_000)
    await vi.waitFor(async () => expect((await expectAccounted(ingest)).inFlight).toBe(0))
  })

  test('every format of the topic map comes through a broker, and what gateways say of themselves does not', async () => {
    const before = await readings()
    const client = await mqttClient(mosquitto.url)
    await db.database.query('truncate dead_letter, dead_message')
    await client.publishAsync('zigbee2mqtt/bridge/state', json({ state: 'online' }), { qos: 1 })
    await client.publishAsync('tele/TH01_R1/STATE', json({ Uptime: '0T09:55:22' }), { qos: 1 })
    await client.publishAsync('tele/TH01_R1/SENSOR', json({ BH1750: { Illuminance: 320 } }), { qos: 1 })
    await client.publishAsync('v1/devices/me/telemetry', json({ co2: 612 }), { qos: 1 })
    const letters = async () =>
      (await db.database.query('select reason from dead_letter order by reason')).rows
    await vi.waitFor(async () =>
      expect(await letters()).toEqual([
        // A broker does not tell who published.
        { reason: 'unnamed-device' },
        { reason: 'unregistered-device' },
      ]),
    )
    expect(await readings()).toBe(before)
  })

  test('a program that is alone keeps its connection when its lease has run out with the database away', async () => {
    const before = await readings()
    proxy.cut()
    await delay(17_000)
    expect((await readied(ingest.httpUrl)).broker).toBe(true)
    // At QoS 0, which the broker would keep for nobody.
    await send(10, 0)
    await proxy.restore()
    await expectStored(before + 10)
  })

  test('a broker that is restarted is found again, and readiness says so meanwhile', async () => {
    const before = await readings()
    await mosquitto.kill()
    await vi.waitFor(async () => expect((await fetch(`${ingest.httpUrl}/readyz`)).status).toBe(503))
    await mosquitto.start()
    await isReady()
    await send(100)
    await expectStored(before + 100)
  })

  test('retained messages come once more with a new session, marked, and are not news', async () => {
    const client = await mqttClient(mosquitto.url)
    const status = json({ open: false, reason: 'lụt', since: ts })
    await client.publishAsync('ioc/v1/TH-02/status', status, { qos: 1, retain: true })
    await client.publishAsync('ioc/v1/TH-01/devices/gate-1/state', json({ online: true }), {
      qos: 1,
      retain: true,
    })
    const rows = async () =>
      (
        await db.database.query(
          `select (select count(*) from school_status) as statuses, (select count(*) from device_connection) as changes`,
        )
      ).rows
    await vi.waitFor(async () => expect(await rows()).toEqual([{ statuses: 1, changes: 1 }]))
    await ingest.stop()
    ingest = await startIngest({
      databaseUrl,
      settings: { MQTT_URL: mosquitto.url, MQTT_CLIENT_ID: 'another-session' },
    })
    await vi.waitFor(async () => expect((await expectAccounted(ingest)).duplicate).toBe(2), 10_000)
    expect(await rows()).toEqual([{ statuses: 1, changes: 1 }])
  })
})
