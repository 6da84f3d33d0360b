import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { json, mqttClient } from '../clients.ts'
import { expectAccounted, type IngestHarness, startIngest } from '../harness.ts'
import { addSchools } from '../registry-fixture.ts'
import { runCommand, startCommand } from './run-command.ts'

let db: TestDatabase
let ingest: IngestHarness
beforeAll(async () => {
  db = await createTestDatabase()
  await addSchools(db.database)
  ingest = await startIngest({ databaseUrl: db.url })
})
afterAll(async () => {
  await ingest.stop()
  await db.drop()
})

const select = async (text: string) => (await db.database.query(text)).rows
const readings = async (where = 'true') =>
  (await select(`select count(*)::int as n from reading where ${where}`))[0]!['n'] as number
const retry = (...filters: string[]) => runCommand(db.url, 'retry', ...filters)
const TOPIC = 'ioc/v1/TH-01/telemetry/room-1'
const T0 = Date.now() - 3_600_000

test('of a thousand messages one row is poison and one payload in a hundred cannot be decoded: the others are stored, these are kept whole, and after the fix each is stored once', async () => {
  // What the database refuses is a matter of the database: here a constraint that should not be there.
  await db.database.query('alter table reading add constraint no_613 check (value <> 613)')
  const rubbish = (at: number) => Buffer.from([0xff, 0xfe, at])
  const client = await mqttClient(ingest.mqttUrl, { username: 'th-01', password: 'x' })
  const since = Date.now()
  await Promise.all(
    Array.from({ length: 1_010 }, (_, at) => {
      const isRubbish = at % 101 === 100
      const body = isRubbish
        ? rubbish(Math.floor(at / 101))
        : json({ ts: T0 + at, values: { co2: at === 500 ? 613 : 500 } })
      return client.publishAsync(TOPIC, body, { qos: 1 })
    }),
  )
  expect(await readings()).toBe(999)
  const kept = await select(
    `select l.reason, m.topic, m.payload, m.username, m.received_at from dead_message m
     join dead_letter l on l.message_id = m.id order by l.reason desc, m.payload`,
  )
  expect(kept.map(({ received_at: _, ...row }) => row)).toEqual([
    {
      reason: 'poison',
      topic: TOPIC,
      payload: Buffer.from(json({ ts: T0 + 500, values: { co2: 613 } })),
      username: 'th-01',
    },
    ...Array.from({ length: 10 }, (_, at) => ({
      reason: 'not-utf8',
      topic: TOPIC,
      payload: rubbish(at),
      username: 'th-01',
    })),
  ])
  for (const row of kept) {
    expect(row['received_at'].getTime()).toBeGreaterThanOrEqual(since)
    expect(row['received_at'].getTime()).toBeLessThanOrEqual(Date.now())
  }
  const counts = await expectAccounted(ingest)
  expect(counts).toMatchObject({ received: 1_010, stored: 999, deadLetter: 11, inFlight: 0 })

  await db.database.query('alter table reading drop constraint no_613')
  const first = await retry()
  expect(first).toMatchObject({ code: 65, stderr: '' })
  expect(first.stdout).toContain(
    '11 tin đã thử lại (messages carried again): 1 bản ghi đã lưu (records stored), 0',
  )
  expect(first.stdout).toContain('10 lại bị từ chối (refused again)')
  const second = await retry('--reason', 'poison')
  expect(second).toMatchObject({ code: 0 })
  expect(second.stdout).toContain('0 tin đã thử lại')
  expect([await readings(), await readings('value = 613')]).toEqual([1_000, 1])
  expect(await select('select attempts, count(*)::int as n from dead_message group by 1')).toEqual([
    { attempts: 1, n: 10 },
  ])
})

test('a retry that is killed in the middle loses nothing: run again, each message is stored once', async () => {
  await db.database.query('truncate reading, device_seen, dead_letter, dead_message')
  const client = await mqttClient(ingest.mqttUrl)
  // The limit was wrong, and is put right before the retry.
  await Promise.all(
    Array.from({ length: 4_000 }, (_, at) =>
      client.publishAsync(TOPIC, json({ ts: T0 + at, values: { co2: 15_000, light: 300 } }), { qos: 1 }),
    ),
  )
  expect(await readings()).toBe(4_000)
  await db.database.query(`update metric set maximum = 20000 where code = 'co2'`)
  await db.database.query('update registry_version set version = version + 1')
  const { child, ended } = startCommand(db.url, 'retry', '--school', 'TH-01')
  await vi.waitFor(async () => expect(await readings('metric_id = 1')).toBeGreaterThan(0), {
    timeout: 20_000,
    interval: 5,
  })
  child.kill('SIGKILL')
  await ended
  const stored = await readings('metric_id = 1')
  const left = async () => (await select('select count(*)::int as n from dead_message'))[0]!['n'] as number
  expect(stored).toBeLessThan(4_000)
  expect(stored + (await left())).toBe(4_000)

  // Time passes, and its lease runs out.
  await db.database.query(`update dead_message set leased_until = clock_timestamp() - interval '1 second'`)
  expect(await retry()).toMatchObject({ code: 0, stderr: '' })
  expect([await readings('metric_id = 1'), await readings(), await left()]).toEqual([4_000, 8_000, 0])
})
