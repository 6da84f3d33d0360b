import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Message } from '../../ingest/message.ts'
import type { Batch, Row } from '../../ingest/records.ts'
import { Registry } from '../../ingest/registry.ts'
import { dedupe } from '../../ingest/stages/dedupe.ts'
import { enrich } from '../../ingest/stages/enrich.ts'
import { store } from '../../ingest/stages/store.ts'
import { validate } from '../../ingest/stages/validate.ts'
import { createTestDatabase, silentLog, type TestDatabase } from '../helpers/database.ts'
import { decodeNative, message, NOW, roll, TELEMETRY } from './messages.ts'
import { addSchools } from './registry-fixture.ts'

let db: TestDatabase
let registry: Registry
let ids: Awaited<ReturnType<typeof addSchools>>
beforeAll(async () => {
  db = await createTestDatabase()
  ids = await addSchools(db.database)
  registry = new Registry(db.database, silentLog)
  await registry.refresh()
})
afterAll(() => db.drop())
beforeEach(async () => {
  await db.database.query(
    `truncate reading, device_seen, roll, roll_current, checkin, school_status, school_status_current,
      device_connection, device_connection_current, dead_letter, dead_message, journal`,
  )
})

async function prepared(messages: Message[]): Promise<Batch<Row>> {
  return dedupe(await enrich(validate(await decodeNative(messages), registry), registry))
}

/** Our clock when a batch is stored. */
let now: number
beforeEach(() => {
  now = NOW + 3_600_000
})

/** Stores messages as one batch and says what became of their records. */
async function put(...messages: Message[]) {
  const { stored, duplicates, letters } = await store(await prepared(messages), db.database, now)
  return {
    stored: stored.length,
    duplicates: duplicates.length,
    refused: letters.map(({ reason }) => reason),
  }
}

const select = async (text: string) => (await db.database.query(text)).rows
const count = async (table: string) => (await select(`select count(*) as n from ${table}`))[0]!['n']
const reading = (ts: number, values: Record<string, number>, more: Partial<Message> = {}) =>
  message(TELEMETRY, { ts, values }, more)
const attendance = (more: object = {}) => message('ioc/v1/TH-01/attendance', roll(more))
const status = (open: boolean, since: number, reason = '') =>
  message('ioc/v1/TH-01/status', { open, reason, since })
const state = (online: boolean, more: Partial<Message> = {}) =>
  message('ioc/v1/TH-01/devices/gate-1/state', { online }, more)

describe('readings', () => {
  test('sent again are duplicates, counted exactly, and change nothing', async () => {
    expect(await put(reading(NOW, { co2: 500, light: 300 }))).toEqual({
      stored: 2,
      duplicates: 0,
      refused: [],
    })
    expect(await put(reading(NOW, { co2: 501, noise: 40 }), reading(NOW + 1000, { co2: 502 }))).toEqual({
      stored: 2,
      duplicates: 1,
      refused: [],
    })
    expect(await select('select value from reading where metric_id = 1 order by ts')).toEqual([
      { value: 500 },
      { value: 502 },
    ])
  })

  test('are in the journal as they were inserted, without duplicates', async () => {
    await put(reading(NOW, { co2: 500 }))
    await put(reading(NOW, { co2: 500 }), reading(NOW + 1, { light: 300 }), reading(NOW + 2, { co2: 510 }))
    await put(reading(NOW, { co2: 500 }))
    expect(
      await select(
        'select messages, school_ids, device_ids, metric_ids, times, amounts from journal order by seq',
      ),
    ).toEqual([
      {
        messages: 1,
        school_ids: [ids.th01],
        device_ids: [ids.room1],
        metric_ids: [1],
        times: [new Date(NOW)],
        amounts: [500],
      },
      {
        messages: 3,
        school_ids: [ids.th01],
        device_ids: [ids.room1, ids.room1],
        metric_ids: [4, 1],
        times: [new Date(NOW + 1), new Date(NOW + 2)],
        amounts: [300, 510],
      },
    ])
  })

  test('that come late are history: the latest value never moves back', async () => {
    const latest = () => select('select value, ts from reading_latest')
    await put(reading(NOW, { co2: 700 }))
    expect(await put(reading(NOW - 86_400_000, { co2: 400 }))).toMatchObject({ stored: 1 })
    expect(await latest()).toEqual([{ value: 700, ts: new Date(NOW) }])
    await put(reading(NOW + 3, { co2: 703 }), reading(NOW + 1, { co2: 701 }), reading(NOW + 2, { co2: 702 }))
    expect(await latest()).toEqual([{ value: 703, ts: new Date(NOW + 3) }])
    expect(await select('select count(*) filter (where quality & 2 > 0) as late from reading')).toEqual([
      { late: 1 },
    ])
  })

  test('that a broker kept are stored but are never the latest', async () => {
    await put(reading(NOW, { co2: 700 }, { retained: true }))
    expect(await count('reading')).toBe(1)
    expect(await count('reading_latest')).toBe(0)
  })

  test('keep their milliseconds', async () => {
    for (const ts of [NOW + 1, NOW + 7, NOW + 123, NOW + 999]) await put(reading(ts, { co2: 500 }))
    const rows = await select('select ts from reading order by ts')
    expect(rows.map((row) => (row['ts'] as Date).getTime() - NOW)).toEqual([1, 7, 123, 999])
  })

  test('go into chunks that are compressed already, once', async () => {
    const ts = NOW - 40 * 86_400_000
    await put(reading(ts, { co2: 500 }))
    await select(`select compress_chunk(c) from show_chunks('reading') c`)
    expect(await put(reading(ts, { co2: 500 }), reading(ts + 1, { co2: 501 }))).toEqual({
      stored: 1,
      duplicates: 1,
      refused: [],
    })
    expect(await count('reading')).toBe(2)
  })
})

describe('rolls', () => {
  const current = () => select('select class, revision, present from roll_current order by class')
  test('keep every revision, in whatever order they come; the highest counts', async () => {
    await put(attendance({ revision: 1 }))
    await put(attendance({ revision: 3, present: 34, excused: 0 }))
    expect(await put(attendance({ revision: 2, present: 32, excused: 2 }))).toEqual({
      stored: 1,
      duplicates: 0,
      refused: [],
    })
    expect(await current()).toEqual([{ class: '3A', revision: 3, present: 34 }])
    expect(await count('roll')).toBe(3)
  })

  test('of several revisions in one batch end with the highest', async () => {
    const revisions = [2, 4, 1, 3].map((revision) => attendance({ revision }))
    expect(await put(...revisions)).toMatchObject({ stored: 4 })
    expect(await current()).toMatchObject([{ revision: 4 }])
  })

  test('sent again are duplicates; the same revision with other counts is refused and changes nothing', async () => {
    await put(attendance())
    expect(await put(attendance({ id: 'again' }))).toEqual({ stored: 0, duplicates: 1, refused: [] })
    expect(await put(attendance({ present: 34, excused: 0 }), attendance({ class: '3B' }))).toEqual({
      stored: 1,
      duplicates: 0,
      refused: ['revision-conflict'],
    })
    expect(await current()).toMatchObject([{ class: '3A', present: 33 }, { class: '3B' }])
    expect(await select('select reason, field, school_code from dead_letter')).toEqual([
      { reason: 'revision-conflict', field: 'revision', school_code: 'TH-01' },
    ])
  })

  test('that do not add up are stored and marked', async () => {
    await put(attendance({ present: 30 }))
    expect(await select('select consistent from roll_current')).toEqual([{ consistent: false }])
  })

  test('name their days and schools in the journal', async () => {
    await put(attendance(), attendance({ class: '3B' }), attendance({ date: '2026-11-20', class: '3B' }))
    expect(await select(`select kind, messages, school_ids, body from journal`)).toEqual([
      {
        kind: 'rolls',
        messages: 3,
        school_ids: [ids.th01],
        body: [
          { day: '2026-11-20', school: ids.th01 },
          { day: '2026-11-23', school: ids.th01 },
        ],
      },
    ])
  })
})

describe('check-ins', () => {
  test('are stored once by school, id and time', async () => {
    const checkin = { id: 'c1', ts: NOW, direction: 'in', gate: 'Cổng chính' }
    const topic = 'ioc/v1/TH-01/checkin'
    expect(await put(message(topic, [checkin, { ...checkin, id: 'c2' }]))).toMatchObject({ stored: 2 })
    expect(await put(message(topic, checkin), message('ioc/v1/TH-02/checkin', checkin))).toEqual({
      stored: 1,
      duplicates: 1,
      refused: [],
    })
    expect(await select('select kind, messages, school_ids from journal order by seq')).toEqual([
      { kind: 'checkins', messages: 1, school_ids: [ids.th01] },
      { kind: 'checkins', messages: 2, school_ids: [ids.th02] },
    ])
  })
})

describe('status of a school', () => {
  test('is the one with the newest since, in whatever order they come', async () => {
    await put(status(false, NOW, 'bão'))
    expect(await put(status(true, NOW - 1000))).toMatchObject({ stored: 1 })
    expect(await select('select open, reason from school_status_current')).toEqual([
      { open: false, reason: 'bão' },
    ])
    await put(status(true, NOW + 1000))
    expect(await select('select open from school_status_current')).toEqual([{ open: true }])
    expect(await count('school_status')).toBe(3)
  })

  test('sent again is a duplicate; another one since the same moment is refused', async () => {
    await put(status(false, NOW, 'bão'))
    expect(await put(status(false, NOW, 'bão'))).toEqual({ stored: 0, duplicates: 1, refused: [] })
    expect(await put(status(true, NOW))).toEqual({ stored: 0, duplicates: 0, refused: ['status-conflict'] })
  })
})

describe('connection of a device', () => {
  test('is kept as history, the newest as the current one', async () => {
    await put(state(true))
    await put(state(false, { receivedAt: NOW + 5000 }))
    await put(state(true, { receivedAt: NOW + 1000 }))
    expect(await select('select online from device_connection_current')).toEqual([{ online: false }])
    expect(await count('device_connection')).toBe(3)
    expect(await select('select kind, body from journal order by seq limit 1')).toMatchObject([
      { kind: 'connections' },
    ])
  })

  test('written while our clock ran ahead does not outlive the correction', async () => {
    const ahead = { receivedAt: NOW + 3_600_000 }
    await put(state(true, ahead))
    now = NOW
    expect(await put(state(false))).toMatchObject({ stored: 1 })
    expect(await select('select online, ts from device_connection_current')).toEqual([
      { online: false, ts: new Date(NOW) },
    ])
  })

  test('kept by a broker is news only when it differs from what is known', async () => {
    await put(state(true))
    expect(await put(state(true, { retained: true, receivedAt: NOW + 1 }))).toMatchObject({ duplicates: 1 })
    expect(await put(state(false, { retained: true, receivedAt: NOW + 2 }))).toMatchObject({ stored: 1 })
    expect(await select('select online from device_connection_current')).toEqual([{ online: false }])
  })
})

describe('what is said of a connection again and again', () => {
  const said = async (online: boolean, at: number): Promise<Batch<Row>> => {
    const batch = await prepared([state(online, { receivedAt: NOW + at })])
    return { ...batch, records: batch.records.map((row) => ({ ...row, unlessKnown: true })) }
  }
  const putSaid = async (...batches: Batch<Row>[]) => {
    const whole = { ...batches[0]!, records: batches.flatMap(({ records }) => records) }
    const { stored, duplicates } = await store(whole, db.database, NOW)
    return [stored.length, duplicates.length]
  }

  test('is news only where it differs from what is known', async () => {
    expect(await putSaid(await said(true, 0))).toEqual([1, 0])
    expect(await putSaid(await said(true, 1))).toEqual([0, 1])
    expect(await putSaid(await said(false, 2))).toEqual([1, 0])
    expect(await putSaid(await said(false, 3))).toEqual([0, 1])
    expect(await count('device_connection')).toBe(2)
  })

  test('is compared with what came before it in its own batch', async () => {
    await putSaid(await said(false, 0))
    expect(await putSaid(await said(true, 1), await said(true, 2), await said(false, 3))).toEqual([2, 1])
    expect(await select('select online from device_connection order by ts')).toEqual([
      { online: false },
      { online: true },
      { online: false },
    ])
    expect(await select('select online from device_connection_current')).toEqual([{ online: false }])
  })
})

describe('dead letters', () => {
  test('keep bytes, topic, reason, field, remedy and time', async () => {
    const body = { ts: NOW, values: { co2: 99_999, light: 300 } }
    expect(await put(message(TELEMETRY, body, { username: 'th-01' }))).toEqual({
      stored: 1,
      duplicates: 0,
      refused: ['out-of-range'],
    })
    const [letter] = await select(
      'select l.*, m.* from dead_letter l join dead_message m on m.id = l.message_id',
    )
    expect(letter).toMatchObject({
      received_at: new Date(NOW),
      source: 'mqtt',
      topic: TELEMETRY,
      reason: 'out-of-range',
      field: 'values.co2',
      value: '99999',
      detail: 'co2 = 99999: outside 300 to 10000 ppm',
      school_code: 'TH-01',
      qos: 1,
      retained: false,
      username: 'th-01',
      attempts: 0,
      waiting: false,
      letters: 1,
    })
    expect(JSON.parse((letter!['payload'] as Buffer).toString())).toEqual(body)
    expect(await select(`select body from journal where kind = 'dead_letters'`)).toEqual([
      { body: { 'out-of-range': 1 } },
    ])
  })

  test('of one message keep its bytes once, whole, and all its letters', async () => {
    const sets = Array.from({ length: 1000 }, (_, at) => ({
      ts: NOW + at,
      values: { co2: 9, light: -1, noise: 40 },
    }))
    const { refused, stored } = await put(message(TELEMETRY, sets), message('x/y', Buffer.from([0x61, 0])))
    expect([refused.length, stored]).toEqual([2001, 1000])
    expect(
      await select(`select topic, length(payload) as bytes, size, letters,
        (select count(*) from dead_letter l where l.message_id = m.id) as kept from dead_message m order by id`),
    ).toEqual([
      { topic: 'x/y', bytes: 2, size: 2, letters: 1, kept: 1 },
      { topic: TELEMETRY, bytes: 62_001, size: 62_001, letters: 2000, kept: 2000 },
    ])
  })

  test('of a message of more than 1 MiB keep the beginning, and its size', async () => {
    expect(await put(message(TELEMETRY, Buffer.alloc(1_048_577, 'x')))).toMatchObject({
      refused: ['too-large'],
    })
    expect(await select('select length(payload) as bytes, size from dead_message')).toEqual([
      { bytes: 1_048_576, size: 1_048_577 },
    ])
  })

  test('repeat no value that might name a pupil', async () => {
    const checkin = { id: 7, ts: NOW, direction: 'in', gate: 'A' }
    await put(
      message('ioc/v1/TH-01/checkin', { ...checkin, id: 'c', pupil: 'Nguyễn Văn A' }),
      message('ioc/v1/TH-01/checkin', checkin),
      message('ioc/v1/TH-01/attendance', roll({ pupils: ['Nguyễn Văn A'] })),
      message(TELEMETRY, { ts: NOW, values: { co2: 500 }, pupil: 'Nguyễn Văn A' }),
    )
    expect(await select('select field, value from dead_letter order by id')).toEqual(
      ['pupil', 'id', 'pupils', 'pupil'].map((field) => ({ field, value: null })),
    )
    expect(await select(`select 1 from dead_letter where detail like '%Nguyễn%'`)).toEqual([])
  })

  test('of a topic with a NUL are kept too', async () => {
    expect(await put(message('a\0b', 'x'))).toMatchObject({ refused: ['unknown-topic'] })
  })
})

describe('a poisonous record', () => {
  test('is found among a thousand and becomes a dead letter; all others are stored', async () => {
    const messages = Array.from({ length: 1000 }, (_, at) => {
      const gate = at === 613 ? 'A\0B' : 'A'
      return message('ioc/v1/TH-01/checkin', { id: `c${at}`, ts: NOW, direction: 'in', gate })
    })
    expect(await put(...messages, reading(NOW, { co2: 500 }))).toEqual({
      stored: 1000,
      duplicates: 0,
      refused: ['poison'],
    })
    expect([await count('checkin'), await count('reading')]).toEqual([999, 1])
    const [letter] = await select(
      `select convert_from(payload, 'UTF8') as payload, detail
       from dead_letter l join dead_message m on m.id = l.message_id`,
    )
    expect(letter!['payload']).toContain('"c613"')
    expect(letter!['detail']).toMatch(/^22/)
  })

  test('of every kind is found, several at once', async () => {
    const bad = 'x\0'
    const result = await put(
      attendance({ class: bad }),
      attendance(),
      attendance({ id: bad, class: '3C' }),
      status(true, NOW, bad),
      status(true, NOW + 1),
      reading(NOW, { co2: 500 }),
    )
    expect(result).toEqual({ stored: 3, duplicates: 0, refused: ['poison', 'poison', 'poison'] })
  })
})

test('what the database fails with, when the data is not to blame, leaves nothing behind', async () => {
  await db.database.query('alter table school_status_current rename to elsewhere')
  try {
    await expect(put(reading(NOW, { co2: 500 }), status(true, NOW))).rejects.toThrow('school_status_current')
    expect([await count('reading'), await count('journal')]).toEqual([0, 0])
  } finally {
    await db.database.query('alter table elsewhere rename to school_status_current')
  }
})
