import { afterAll, beforeAll, expect, test } from 'vitest'
import { Registry } from '../../ingest/registry.ts'
import { enrich } from '../../ingest/stages/enrich.ts'
import { validate } from '../../ingest/stages/validate.ts'
import { createTestDatabase, silentLog, type TestDatabase } from '../helpers/database.ts'
import { mqttClient } from './clients.ts'
import { expectAccounted, type IngestHarness, startIngest } from './harness.ts'
import { decodeOwn, message, NOW } from './messages.ts'
import { mutation } from './mutations.ts'
import { addSchools } from './registry-fixture.ts'

const CONNECTIONS = 10
const PAYLOADS = 20_000

let db: TestDatabase
let ingest: IngestHarness
beforeAll(async () => {
  db = await createTestDatabase()
  await addSchools(db.database)
  ingest = await startIngest({ databaseUrl: db.url, clock: { now: () => NOW } })
})
afterAll(async () => {
  await ingest.stop()
  await db.drop()
})

test('twenty thousand random payloads through the broker: each acknowledged, each record stored or kept with a reason', async () => {
  const seed = Number(process.env['FUZZ_SEED'] ?? 102)
  const sent = Array.from({ length: PAYLOADS }, (_, n) => mutation(seed, n)).filter(
    ({ topic }) => topic !== '',
  )
  const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => mqttClient(ingest.mqttUrl)))
  await Promise.all(
    sent.map(({ topic, payload }, n) =>
      clients[n % CONNECTIONS]!.publishAsync(topic, payload, { qos: ((n % 2) + 1) as 1 | 2 }),
    ),
  )
  expect(clients.filter((client) => !client.connected)).toEqual([])

  // What must have become of them, worked out without the broker.
  const registry = new Registry(db.database, silentLog)
  await registry.refresh()
  const messages = sent.map(({ topic, payload }) => message(topic, payload))
  const known = await enrich(validate(decodeOwn(messages), registry), registry)
  const counts = await expectAccounted(ingest)
  expect({ received: counts.received, inFlight: counts.inFlight }, `FUZZ_SEED=${seed}`).toEqual({
    received: known.records.length + known.letters.length,
    inFlight: 0,
  })
  const { rows } = await db.database.query<{ letters: number; rows: number }>(
    `select (select count(*) from dead_letter) as letters,
      (select count(*) from reading) + (select count(*) from roll) + (select count(*) from checkin)
        + (select count(*) from school_status) + (select count(*) from device_connection) as rows`,
  )
  expect(rows).toEqual([{ letters: counts.deadLetter, rows: counts.stored }])
  expect(Math.min(counts.stored, counts.duplicate, counts.deadLetter)).toBeGreaterThan(100)
})
