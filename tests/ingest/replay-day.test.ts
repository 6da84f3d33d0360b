import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts'
import { addFleet } from '../helpers/intake-stack.ts'
import { json, mqttClient } from './clients.ts'
import { expectAccounted, type IngestHarness, startIngest } from './harness.ts'
import { NOW, roll } from './messages.ts'

const DAY_MS = 86_400_000
const SCHOOLS = 20
const DEVICES = 2
/** Sets of values a device sends in a day, fifty to a message. */
const SETS = 200

let db: TestDatabase
const programs: IngestHarness[] = []
const errors: string[] = []
const log = pino({ level: 'error' }, { write: (line: string) => errors.push(line) })
beforeAll(async () => {
  db = await createTestDatabase()
  await addFleet(db.database, SCHOOLS, DEVICES)
  for (let n = 0; n < 2; n++) {
    programs.push(await startIngest({ databaseUrl: db.url, log, clock: { now: () => NOW } }))
  }
})
afterAll(async () => {
  for (const one of programs) await one.stop()
  await db.drop()
})

interface Sent {
  topic: string
  body: unknown
}

/** Yesterday of twenty schools: every kind of message. */
function day(): Sent[] {
  const start = NOW - DAY_MS
  const messages: Sent[] = []
  for (let school = 1; school <= SCHOOLS; school++) {
    const under = `ioc/v1/S-${school}`
    for (let device = 1; device <= DEVICES; device++) {
      const sets = Array.from({ length: SETS }, (_, n) => ({
        ts: start + n * 240_000 + school,
        values: { co2: 500 + ((n * 7 + school) % 900), temperature: 20 + (n % 12), power: n % 30 > 0 },
      }))
      for (let at = 0; at < SETS; at += 50) {
        messages.push({ topic: `${under}/telemetry/d-${device}`, body: sets.slice(at, at + 50) })
      }
    }
    for (const revision of [1, 2]) {
      const rolls = Array.from({ length: 10 }, (_, n) =>
        roll({ class: `${n}A`, revision, date: '2026-11-22', takenAt: start + revision * 60_000 }),
      )
      messages.push({ topic: `${under}/attendance`, body: rolls })
    }
    const passages = Array.from({ length: 100 }, (_, n) => ({
      id: `p-${n}`,
      ts: start + n,
      direction: 'in',
      gate: 'A',
    }))
    messages.push({ topic: `${under}/checkin`, body: passages })
    messages.push({ topic: `${under}/status`, body: { open: school % 2 === 0, reason: '', since: start } })
  }
  return messages
}
const send = async (program: IngestHarness, messages: Sent[]) => {
  const client = await mqttClient(program.mqttUrl)
  await Promise.all(messages.map(({ topic, body }) => client.publishAsync(topic, json(body), { qos: 1 })))
}

const TABLES = [
  'reading',
  'device_seen',
  'roll',
  'roll_current',
  'checkin',
  'school_status',
  'school_status_current',
]
/** Number of rows and a checksum over all of them, of every table. */
const fingerprint = async () => {
  const found: Record<string, unknown> = {}
  for (const table of TABLES) {
    const { rows } = await db.database.query(
      `select count(*) as rows, md5(string_agg(t::text, ' ' order by t::text)) as sum from ${table} t`,
    )
    found[table] = rows[0]
  }
  return found
}
const total = async (pick: 'stored' | 'duplicate') => {
  let sum = 0
  for (const one of programs) sum += (await expectAccounted(one))[pick]
  return sum
}

describe('a whole day sent again', () => {
  const messages = day()
  const records = SCHOOLS * (DEVICES * SETS * 3 + 20 + 100 + 1)

  test('into compressed chunks, and by two programs at once from both ends, changes nothing', {
    timeout: 120_000,
  }, async () => {
    await send(programs[0]!, messages)
    const before = await fingerprint()
    expect(await total('stored')).toBe(records)

    const { rows } = await db.database.query(`select compress_chunk(c) from show_chunks('reading') c`)
    expect(rows.length).toBeGreaterThan(0)
    await send(programs[0]!, messages)
    expect(await fingerprint()).toEqual(before)
    expect(await total('duplicate')).toBe(records)

    await Promise.all([send(programs[0]!, messages), send(programs[1]!, [...messages].reverse())])
    expect(await fingerprint()).toEqual(before)
    expect(await total('duplicate')).toBe(3 * records)
    expect(await total('stored')).toBe(records)
    expect((await db.database.query('select count(*) as n from dead_letter')).rows).toEqual([{ n: 0 }])
    expect(errors).toEqual([])
  })
})

test('every column of every key by which a record is known again is not null', async () => {
  const { rows } = await db.database.query<{ table: string; column: string; required: boolean }>(
    `select c.relname as table, a.attname as column, a.attnotnull as required
     from pg_index i
     join pg_class c on c.oid = i.indrelid
     join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
     where i.indisunique and c.relname = any ($1::text[])
     order by 1, 2`,
    [[...TABLES, 'device_connection', 'device_connection_current']],
  )
  expect(new Set(rows.map((row) => row.table)).size).toBe(TABLES.length + 2)
  expect(rows.filter((row) => !row.required)).toEqual([])
})

test('a day held back by a school arrives beside live data: history is whole, the latest value never moves back', {
  timeout: 120_000,
}, async () => {
  const [program] = programs as [IngestHarness]
  const topic = 'ioc/v1/S-1/telemetry/d-1'
  const MINUTES = 1_440
  const backlog = Array.from({ length: MINUTES }, (_, n) => ({
    topic,
    body: { ts: NOW - DAY_MS + n * 60_000 + 7, values: { noise: 40 + (n % 50) } },
  }))
  const latest = async () => {
    const { rows } = await db.database.query<{ ts: Date; value: number }>(
      `select l.ts, l.value from reading_latest l join metric m on m.id = l.metric_id where m.code = 'noise'`,
    )
    return rows[0]!
  }
  const client = await mqttClient(program.mqttUrl)
  const live = (n: number) =>
    client.publishAsync(topic, json({ ts: NOW + n, values: { noise: 90 } }), { qos: 1 })
  await live(0)
  const seen: number[] = []
  let done = false
  const arrives = send(program, backlog).then(() => {
    done = true
  })
  for (let n = 1; !done; n++) {
    await live(n)
    seen.push((await latest()).ts.getTime())
  }
  await arrives
  expect(seen.length).toBeGreaterThan(0)
  expect(seen).toEqual([...seen].sort((a, b) => a - b))
  expect(await latest()).toEqual({ ts: new Date(seen.at(-1)!), value: 90 })
  const { rows } = await db.database.query(
    `select count(*) as n, count(*) filter (where r.quality & 2 > 0) as late
     from reading r join metric m on m.id = r.metric_id where m.code = 'noise' and r.ts < $1`,
    [new Date(NOW - 600_000)],
  )
  expect(rows).toEqual([{ n: MINUTES - 10, late: MINUTES - 10 }])
  await vi.waitFor(async () => expect((await expectAccounted(program)).inFlight).toBe(0))
})
