import { encode } from 'cborg'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { QUALITY } from '../../../ingest/stages/enrich.ts'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { json, mqttClient } from '../clients.ts'
import { expectAccounted, type IngestHarness, startIngest } from '../harness.ts'
import { NOW } from '../messages.ts'
import { addSchools } from '../registry-fixture.ts'

let db: TestDatabase
let ingest: IngestHarness
let now = NOW
const start = async () => {
  ingest = await startIngest({ databaseUrl: db.url, clock: { now: () => now } })
}
beforeAll(async () => {
  db = await createTestDatabase()
  await addSchools(db.database)
  await start()
})
afterAll(async () => {
  await ingest.stop()
  await db.drop()
})
afterEach(async () => {
  await vi.waitFor(async () => expect((await expectAccounted(ingest)).inFlight).toBe(0))
  await db.database.query(
    'truncate reading, device_seen, device_connection, device_connection_current, dead_letter, dead_message, journal',
  )
})

const rows = async (text: string) => (await db.database.query(text)).rows
const readings = () =>
  rows(`select d.code || ' ' || m.code || ' = ' || r.value as what, r.ts, r.quality from reading r
    join device d on d.id = r.device_id join metric m on m.id = r.metric_id order by r.ts, what`)
const letters = () => rows('select reason, detail from dead_letter order by id')

/** What an import of devices.csv writes. */
async function register(name: string, device: string): Promise<void> {
  const [format, ...rest] = name.split(':')
  await db.database.query(
    `insert into device_alias (format, name, device_id)
     select $1, $2, d.id from device d join school s on s.id = d.school_id where s.code = 'TH-01' and d.code = $3`,
    [format, rest.join(':'), device],
  )
  await db.database.query('update registry_version set version = version + 1')
}

const AT = new Date(NOW - 60_000)
const MS = AT.getTime()
const ISO = AT.toISOString()

interface Story {
  format: string
  name: string
  topic(name: string): string
  /** co2 = 612; a minute ago, or at its arrival. */
  body(name: string): string | Buffer
  signedIn?: boolean
  at: Date
  quality: number
}
const ARRIVAL = { at: new Date(NOW), quality: QUALITY.arrival }
const DATED = { at: AT, quality: 0 }

const stories: Story[] = [
  {
    format: 'thingsboard',
    name: 'truong-01-p1',
    topic: () => 'v1/devices/me/telemetry',
    body: () => json({ ts: MS, values: { co2: 612 } }),
    signedIn: true,
    ...DATED,
  },
  {
    format: 'thingsboard-gateway',
    name: 'Phòng 1',
    topic: () => 'v1/gateway/telemetry',
    body: (name) => json({ [name]: [{ ts: MS, values: { co2: 612 } }] }),
    ...DATED,
  },
  {
    format: 'senml-json',
    name: 'urn:dev:s01:p1',
    topic: () => 'senml/json/th-01',
    body: (name) => json([{ bn: `${name}:`, bt: MS / 1000, n: 'co2', u: 'ppm', v: 612 }]),
    ...DATED,
  },
  {
    format: 'senml-cbor',
    name: 'urn:dev:s01:p1',
    topic: () => 'senml/cbor/th-01',
    body: (name) =>
      Buffer.from(
        encode([
          new Map<number, unknown>([
            [-2, `${name}:`],
            [0, 'co2'],
            [2, 612],
          ]),
        ]),
      ),
    ...ARRIVAL,
  },
  {
    format: 'chirpstack',
    name: '24e124725c140101',
    topic: (name) => `application/8f0b6a4e/device/${name}/event/up`,
    body: (devEui) =>
      json({ deduplicationId: 'd-1', time: ISO, deviceInfo: { devEui }, object: { co2: 612 } }),
    ...DATED,
  },
  {
    format: 'things-stack',
    name: 'p1@school-sensors',
    topic: (name) => `v3/school-sensors@ttn/devices/${name.split('@')[0]}/up`,
    body: (name) => {
      const [device, application] = name.split('@')
      return json({
        end_device_ids: { device_id: device, application_ids: { application_id: application } },
        uplink_message: { received_at: ISO, decoded_payload: { co2: 612 } },
      })
    },
    ...DATED,
  },
  {
    format: 'tasmota',
    name: 'TH01_P1',
    topic: (name) => `tele/${name}/SENSOR`,
    body: () => json({ Time: '2026-11-23T07:59:00', MHZ19B: { CarbonDioxide: 612 } }),
    ...DATED,
  },
  {
    format: 'zigbee2mqtt',
    name: 'tầng 1/P1',
    topic: (name) => `zigbee2mqtt/${name}`,
    body: () => json({ co2: 612, linkquality: 120 }),
    at: new Date(NOW),
    quality: QUALITY.arrival | QUALITY.repeated,
  },
  {
    format: 'homie',
    name: 's01-p1',
    topic: (name) => `homie/5/${name}/air/co2`,
    body: () => '612',
    ...ARRIVAL,
  },
]

describe.each(stories)('$format', ({ format, name, topic, body, signedIn, at, quality }) => {
  const publishAs = async (vendorName: string) => {
    const client = await mqttClient(ingest.mqttUrl, signedIn ? { username: vendorName } : {})
    await client.publishAsync(topic(vendorName), body(vendorName), { qos: 1 })
  }

  test('a registered device, told nothing about us, is stored under its codes', async () => {
    await register(`${format}:${name}`, 'room-1')
    await publishAs(name)
    expect(await letters()).toEqual([])
    expect(await readings()).toEqual([{ what: 'room-1 co2 = 612', ts: at, quality }])
  })

  test('a device that nobody has registered is one dead letter with its name', async () => {
    const stranger = name.includes('@') ? `x${name}` : `${name}9`
    await publishAs(stranger)
    const detail = `no device is registered as ${format}:${stranger}`
    expect(await letters()).toEqual([{ reason: 'unregistered-device', detail }])
    expect(await readings()).toEqual([])
  })
})

test('what arrives is counted by its format, and unknown fields by their number', async () => {
  await register('zigbee2mqtt:many', 'room-2')
  const client = await mqttClient(ingest.mqttUrl)
  const fields = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`x${at}`, at]))
  const before = await ingest.metrics()
  for (let minute = 0; minute < 3; minute++) {
    await client.publishAsync('zigbee2mqtt/many', json({ ...fields, temperature: 27 + minute }), { qos: 1 })
  }
  const after = await ingest.metrics()
  const grown = (name: string) => after.sample(name) - before.sample(name)
  expect(grown('ioc_ingest_unread_values_total{kind="zigbee2mqtt",reason="unknown-metric"}')).toBe(30)
  expect(grown('ioc_ingest_dead_letter_total{kind="zigbee2mqtt",reason="unknown-metric"}')).toBe(3)
  expect(await letters()).toHaveLength(3)
})

test('an uplink that ChirpStack sends twice is stored once', async () => {
  const client = await mqttClient(ingest.mqttUrl)
  const { name, topic, body } = stories.find(({ format }) => format === 'chirpstack')!
  for (let times = 0; times < 2; times++) await client.publishAsync(topic(name), body(name), { qos: 1 })
  expect(await readings()).toHaveLength(1)
})

describe('Homie', () => {
  const properties = { t: { datatype: 'float', unit: '°F' } }
  const description = json({ homie: '5.0', version: 1, nodes: { air: { properties } } })

  test('values wait for their description, and are read by it, also by a program that has started since', async () => {
    await register('homie:s01-p2', 'room-2')
    const client = await mqttClient(ingest.mqttUrl)
    await client.publishAsync('homie/5/s01-p2/air/level', '81.5', { qos: 1 })
    expect(await letters()).toMatchObject([{ reason: 'no-birth' }])
    await client.publishAsync('homie/5/s01-p2/$description', description, { qos: 1, retain: true })
    await client.publishAsync('homie/5/s01-p2/air/t', '81.14', { qos: 1, retain: true })
    expect(await readings()).toMatchObject([{ what: 'room-2 temperature = 27.3' }])
    await ingest.stop()
    await start()
    const again = await mqttClient(ingest.mqttUrl)
    await db.database.query('delete from reading')
    await again.publishAsync('homie/5/s01-p2/air/t', '82.4', { qos: 1, retain: true })
    expect(await readings()).toMatchObject([{ what: 'room-2 temperature = 28' }])
  })
})

test('a last will of Tasmota says that the device has gone', async () => {
  await register('tasmota:TH01_P2', 'room-2')
  const topic = 'tele/TH01_P2/LWT'
  const client = await mqttClient(ingest.mqttUrl, {
    will: { topic, payload: Buffer.from('Offline'), qos: 1, retain: true },
  })
  await client.publishAsync(topic, 'Online', { qos: 1, retain: true })
  const states = () => rows('select online from device_connection order by ts')
  expect(await states()).toEqual([{ online: true }])
  now += 1_000
  client.stream.destroy()
  await vi.waitFor(async () => expect(await states()).toEqual([{ online: true }, { online: false }]))
})
