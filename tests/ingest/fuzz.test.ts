import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Batcher } from '../../ingest/batcher.ts'
import { carryCarefully } from '../../ingest/careful.ts'
import { DatabaseLink } from '../../ingest/database-link.ts'
import { Memory } from '../../ingest/decoders/memory.ts'
import { Descriptions } from '../../ingest/descriptions.ts'
import type { Outcome } from '../../ingest/message.ts'
import { IngestMetrics } from '../../ingest/metrics.ts'
import { Registry } from '../../ingest/registry.ts'
import { readTopicMap, SHIPPED_MAP } from '../../ingest/topic-map.ts'
import { Turns } from '../../ingest/turns.ts'
import { createTestDatabase, silentLog, type TestDatabase } from '../helpers/database.ts'
import { anything } from './arbitraries.ts'
import { message, NOW, type TestMessage } from './messages.ts'
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
    map: readTopicMap(SHIPPED_MAP),
    descriptions: new Descriptions(db.database, { shared: false }),
    commands: { publish: () => {} },
    ordered: true,
    memory: new Memory(),
    turns: new Turns(),
  }
  const batcher = new Batcher({
    limits: { messages: 200, bytes: 131_072, targetMs: 200, everyMs: 0, atOnce: 1 },
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
      'unregistered-device',
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
