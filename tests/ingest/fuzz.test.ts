import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Batcher } from '../../ingest/batcher.ts'
import { carryCarefully } from '../../ingest/careful.ts'
import { DatabaseLink } from '../../ingest/database-link.ts'
import type { Outcome } from '../../ingest/message.ts'
import { IngestMetrics } from '../../ingest/metrics.ts'
import { Registry } from '../../ingest/registry.ts'
import { createTestDatabase, silentLog, type TestDatabase } from '../helpers/database.ts'
import { message, NOW, roll, type TestMessage } from './messages.ts'
import { addSchools } from './registry-fixture.ts'

let db: TestDatabase
let registry: Registry
beforeAll(async () => {
  db = await createTestDatabase()
  await addSchools(db.database)
  registry = new Registry(db.database, silentLog)
  await registry.refresh()
})
afterAll(() => db.drop())

const oneOf = <T>(...values: T[]) => fc.constantFrom(...values)
const codes = oneOf('TH-01', 'TH-02', 'TH-OLD', 'XX', 'room-1', 'gate-1', '')
const topics = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.tuple(codes, codes).map(([school, device]) => `ioc/v1/${school}/telemetry/${device}`),
  fc
    .tuple(codes, oneOf('attendance', 'checkin', 'status', 'grades'))
    .map(([school, what]) => `ioc/v1/${school}/${what}`),
  fc.tuple(codes, codes).map(([school, device]) => `ioc/v1/${school}/devices/${device}/state`),
)
const moments = fc.oneof(
  fc.integer({ min: NOW - 86_400_000, max: NOW + 400_000 }),
  oneOf<unknown>(
    0,
    -1,
    1e300,
    null,
    '',
    '2026-11-23T07:00:00+07:00',
    '2026-11-23T07:00:00',
    '2003-01-01T00:00:00Z',
    'now',
    {},
  ),
)
const values = fc.dictionary(
  oneOf('co2', 'temperature', 'power', 'radon', 'Nhiệt độ', '__proto__', 'constructor', ''),
  fc.oneof(fc.double(), fc.integer({ min: -100, max: 20_000 }), fc.boolean(), fc.jsonValue()),
)
const sets = fc.record({ ts: moments, values }, { requiredKeys: [] })
const checkins = fc.record(
  {
    id: fc.string({ maxLength: 20, unit: 'binary' }),
    ts: moments,
    direction: oneOf('in', 'out', 'up'),
    gate: fc.string({ maxLength: 5 }),
    pupil: fc.string(),
  },
  { requiredKeys: ['id', 'ts', 'direction', 'gate'] },
)
const rolls = fc
  .record(
    {
      class: oneOf('3A', '3B', '', 'x\0', '\ud800'),
      revision: fc.integer({ min: -1, max: 3 }),
      present: fc.integer({ min: 30, max: 36 }),
      takenAt: moments,
      date: oneOf('2026-11-23', '2026-02-30', ''),
    },
    { requiredKeys: [] },
  )
  .map((more) => roll(more))
const statuses = fc.record(
  {
    open: fc.oneof(fc.boolean(), fc.string()),
    reason: fc.string({ maxLength: 210 }),
    since: moments,
    online: fc.boolean(),
  },
  { requiredKeys: [] },
)
const bodies = fc.oneof(
  fc
    .oneof(
      values,
      sets,
      checkins,
      rolls,
      statuses,
      fc.array(fc.oneof(sets, checkins, rolls), { maxLength: 5 }),
      fc.jsonValue(),
    )
    .map((body) => Buffer.from(JSON.stringify(body) ?? '')),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  fc.string({ maxLength: 60 }).map((text) => Buffer.from(text)),
)

/** Right topic, right form, and then something wrong in it or not. */
const asBytes = (body: unknown) => Buffer.from(JSON.stringify(body) ?? '')
const matched = fc.oneof(
  fc.tuple(oneOf('ioc/v1/TH-01/telemetry/room-1'), fc.record({ ts: moments, values }).map(asBytes)),
  fc.tuple(oneOf('ioc/v1/TH-01/attendance', 'ioc/v1/TH-02/attendance'), rolls.map(asBytes)),
  fc.tuple(oneOf('ioc/v1/TH-01/checkin'), fc.array(checkins, { minLength: 1, maxLength: 5 }).map(asBytes)),
  fc.tuple(oneOf('ioc/v1/TH-01/status'), statuses.map(asBytes)),
  fc.tuple(oneOf('ioc/v1/TH-01/devices/gate-1/state'), fc.record({ online: fc.boolean() }).map(asBytes)),
)
const anything = fc.oneof(matched, fc.tuple(topics, bodies))

test('whatever arrives, nothing crashes, every message is settled once and every record accounted for', async () => {
  const metrics = new IngestMetrics('0.0.0')
  const stop = new AbortController()
  const tools = {
    database: db.database,
    link: new DatabaseLink(silentLog, stop.signal),
    registry,
    metrics,
    clock: { now: () => NOW },
    log: silentLog,
    signal: stop.signal,
  }
  const batcher = new Batcher({
    limits: { messages: 200, bytes: 131_072, everyMs: 0, atOnce: 1 },
    room: { messages: 100_000, bytes: 100_000_000 },
    carry: (messages) => carryCarefully(messages, tools),
    onTaken: (one) => metrics.taken(one),
  })
  const samples = fc.sample(fc.tuple(anything, fc.boolean()), { numRuns: 4_000, seed: 102 })
  const messages = samples.map(([[topic, body], retained], at) =>
    message(topic, body, { retained, receivedAt: NOW + at }),
  )
  for (const one of messages) batcher.offer(one)
  await batcher.drained(50_000)

  expect(messages.filter((one) => one.outcomes.length !== 1)).toEqual([])
  const total = (pick: (outcome: Outcome) => number) =>
    messages.reduce((sum, one: TestMessage) => sum + pick(one.outcomes[0]!), 0)
  const rows = async (table: string) =>
    (await db.database.query(`select count(*) as n from ${table}`)).rows[0]!['n'] as number
  const stored = (
    await Promise.all(['reading', 'roll', 'checkin', 'school_status', 'device_connection'].map(rows))
  ).reduce((sum, n) => sum + n, 0)
  expect(total((outcome) => outcome.stored)).toBe(stored)
  expect(total((outcome) => outcome.rejected.length)).toBe(await rows('dead_letter'))
  // The sample is worth something only if each way out was taken often.
  const reasons = await db.database.query('select reason, count(*) as n from dead_letter group by 1')
  expect(reasons.rows.map((row) => row['reason'])).toEqual(
    expect.arrayContaining([
      'bad-body',
      'not-json',
      'not-utf8',
      'unknown-topic',
      'unknown-school',
      'unknown-device',
      'unknown-metric',
      'out-of-range',
      'future',
      'too-old',
      'school-not-valid',
      'poison',
      'revision-conflict',
    ]),
  )
  expect(stored).toBeGreaterThan(100)
  expect(total((outcome) => outcome.duplicate)).toBeGreaterThan(0)

  const text = await metrics.registry.metrics()
  const sum = (name: string) =>
    [...text.matchAll(new RegExp(`^ioc_ingest_${name}(?:\\{.*\\})? (\\d+)$`, 'gm'))].reduce(
      (all, match) => all + Number(match[1]),
      0,
    )
  expect(sum('in_flight')).toBe(0)
  expect(sum('received_total')).toBe(sum('stored_total') + sum('duplicate_total') + sum('dead_letter_total'))
  expect(sum('stored_total')).toBe(stored)
})
