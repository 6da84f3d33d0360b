import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts'
import { json, mqttClient } from './clients.ts'
import { expectAccounted, type IngestHarness, startIngest } from './harness.ts'
import { addSchools } from './registry-fixture.ts'

/** A school morning during which the clock of the machine that runs ingest is an hour ahead, then an hour behind. */
const NOON = Date.parse('2026-11-23T05:00:00Z')
const HOUR = 3_600_000
const SECOND = 1_000

let db: TestDatabase
let ingest: IngestHarness
/** What is true, and what our machine believes. */
let time = NOON
let error = 0
beforeAll(async () => {
  db = await createTestDatabase()
  await addSchools(db.database)
  ingest = await startIngest({ databaseUrl: db.url, clock: { now: () => time + error } })
})
afterAll(async () => {
  await ingest.stop()
  await db.drop()
})

const TELEMETRY = 'ioc/v1/TH-01/telemetry/room-1'
const STATE = 'ioc/v1/TH-01/devices/gate-1/state'
async function publish(topic: string, body: unknown) {
  time += SECOND
  const client = await mqttClient(ingest.mqttUrl)
  await client.publishAsync(topic, json(body), { qos: 1 })
  expect((await expectAccounted(ingest)).inFlight).toBe(0)
}
const select = async (text: string) => (await db.database.query(text)).rows
const latest = async (metric: string) =>
  (
    await select(
      `select l.ts, l.value from reading_latest l join metric m on m.id = l.metric_id where m.code = '${metric}'`,
    )
  )[0] as { ts: Date; value: number }
const letters = () => select('select reason, field from dead_letter order by id')

test('devices with a clock of their own keep their times while ours is an hour ahead; those without get ours', async () => {
  await publish(TELEMETRY, { ts: time, values: { co2: 500 } })
  error = HOUR
  const ts = time
  await publish(TELEMETRY, { ts, values: { co2: 510 } })
  expect(await latest('co2')).toEqual({ ts: new Date(ts), value: 510 })
  expect(await select('select count(*) as late from reading where quality & 2 > 0')).toEqual([{ late: 1 }])
  await publish(TELEMETRY, { light: 300 })
  expect(await latest('light')).toEqual({ ts: new Date(time + HOUR), value: 300 })
  await publish(STATE, { online: true })
  expect(await letters()).toEqual([])
})

test('set right again, no latest value moves back, and a device that goes offline is offline at once', async () => {
  error = 0
  await publish(TELEMETRY, { light: 310 })
  expect((await latest('light')).value).toBe(300)
  expect(
    await select(
      `select value from reading r join metric m on m.id = r.metric_id where m.code = 'light' order by ts`,
    ),
  ).toEqual([{ value: 310 }, { value: 300 }])
  await publish(TELEMETRY, { ts: time, values: { co2: 520 } })
  expect((await latest('co2')).value).toBe(520)
  await publish(STATE, { online: false })
  expect(await select('select online from device_connection_current')).toEqual([{ online: false }])
})

test('an hour behind, what devices rightly say looks like the future: it is kept with its bytes, and taken when sent again', async () => {
  error = -HOUR
  const body = { ts: time, values: { co2: 530 } }
  await publish(TELEMETRY, body)
  expect(await letters()).toEqual([{ reason: 'future', field: 'ts' }])
  expect(await select(`select convert_from(payload, 'UTF8') as payload from dead_message`)).toEqual([
    { payload: JSON.stringify(body) },
  ])
  expect((await latest('co2')).value).toBe(520)
  error = 0
  await publish(TELEMETRY, body)
  expect((await latest('co2')).value).toBe(530)
})

test('a device ahead by more than five minutes is refused, one behind goes into history and is not the latest', async () => {
  const before = (await letters()).length
  await publish(TELEMETRY, { ts: time + 5 * 60_000 + 2 * SECOND, values: { co2: 900 } })
  await publish(TELEMETRY, { ts: time + 4 * 60_000, values: { co2: 540 } })
  await publish(TELEMETRY, { ts: time - 24 * HOUR, values: { co2: 400 } })
  expect((await letters()).slice(before).map((letter) => letter['reason'])).toEqual(['future'])
  expect((await latest('co2')).value).toBe(540)
  expect(await select('select count(*) as n from reading where value = 400')).toEqual([{ n: 1 }])
})
