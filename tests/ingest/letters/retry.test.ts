import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { RetryFilter } from '../../../ingest/letters/lease.ts'
import { type RetryOptions, retry } from '../../../ingest/letters/retry.ts'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { addDeadMessage } from '../../helpers/dead-letters.ts'
import { message, NOW, TELEMETRY } from '../messages.ts'
import { countsOf, createPipeline, type TestPipeline } from '../pipeline-tools.ts'
import { addDevice, addSchools } from '../registry-fixture.ts'

let db: TestDatabase
let pipeline: TestPipeline
beforeAll(async () => {
  db = await createTestDatabase()
  await addSchools(db.database)
})
afterAll(() => db.drop())
beforeEach(async () => {
  await db.database.query(
    'truncate reading, device_seen, dead_letter, dead_message, journal restart identity',
  )
  pipeline = await createPipeline(db)
})

const select = async (text: string) => (await db.database.query(text)).rows
const count = async (table: string) => (await select(`select count(*) as n from ${table}`))[0]!['n']
const again = (filter: RetryFilter = {}, more: Partial<RetryOptions> = {}) =>
  retry({
    database: db.database,
    filter,
    carry: pipeline.carry,
    signal: new AbortController().signal,
    ...more,
  })
const expectAccounted = async () => {
  const { received, stored, duplicate, deadLetter, inFlight } = await countsOf(pipeline.tools.metrics)
  expect(stored + duplicate + deadLetter + inFlight).toBe(received)
}
/** A metric's limit was wrong, and is put right. */
const allowCo2To = async (maximum: number) => {
  await db.database.query('update metric set maximum = $1 where code = $2', [maximum, 'co2'])
  await db.database.query('update registry_version set version = version + 1')
  await pipeline.registry.refresh()
}

test('after the fix a dead message is stored once, at its own time, and is one no more', async () => {
  await pipeline.carry([
    message(TELEMETRY, { co2: 15_000, light: 300 }, { receivedAt: NOW - 5000, username: 'th-01' }),
  ])
  expect(await count('dead_message')).toBe(1)
  await allowCo2To(20_000)
  expect(await again()).toEqual({ messages: 1, skipped: 0, stored: 1, duplicate: 1, refused: 0 })
  expect([await count('dead_message'), await count('dead_letter')]).toEqual([0, 0])
  // Without a time of its own a reading has that of the first arrival, however late it is carried again.
  expect(await select('select ts, value from reading order by metric_id')).toEqual([
    { ts: new Date(NOW - 5000), value: 15_000 },
    { ts: new Date(NOW - 5000), value: 300 },
  ])
  expect(await again()).toMatchObject({ messages: 0 })
  await expectAccounted()
  await allowCo2To(10_000)
})

test('what is refused again keeps its id, its time and its bytes, with new letters and one attempt more', async () => {
  const body = { ts: NOW, values: { co2: 99_999, radon: 1 } }
  await pipeline.carry([message('x/y', 'z'), message(TELEMETRY, body, { qos: 2, username: 'th-01' })])
  const whole =
    'select id, received_at, topic, payload, qos, username, leased_until from dead_message order by id'
  const before = await select(whole)
  await db.database.query('delete from dead_letter where reason = $1', ['unknown-metric'])
  expect(await again()).toEqual({ messages: 2, skipped: 0, stored: 0, duplicate: 0, refused: 3 })
  expect(await again()).toMatchObject({ messages: 2, refused: 3 })
  expect(await select(whole)).toEqual(before)
  expect(await select('select attempts, letters from dead_message order by id')).toEqual([
    { attempts: 2, letters: 1 },
    { attempts: 2, letters: 2 },
  ])
  expect(await select('select message_id, reason from dead_letter order by id')).toEqual([
    { message_id: 1, reason: 'unknown-topic' },
    { message_id: 2, reason: 'out-of-range' },
    { message_id: 2, reason: 'unknown-metric' },
  ])
  await expectAccounted()
})

describe('a filter', () => {
  beforeEach(async () => {
    const letters = [
      { reason: 'bad-body', school: 'TH-01' },
      { reason: 'out-of-range', school: 'TH-01' },
    ]
    await addDeadMessage(db.database, { at: new Date(NOW), letters })
    await addDeadMessage(db.database, {
      at: new Date(NOW + 1),
      letters: [{ reason: 'bad-body', school: 'TH-02' }],
    })
    const waiting = { reason: 'unregistered-device', school: 'TH-02', format: 'native', device: 'TH-02/x' }
    await addDeadMessage(db.database, { at: new Date(NOW + 2), letters: [waiting] })
  })
  test.each<[string, RetryFilter, number[]]>([
    ['of nothing takes all', {}, [1, 2, 3]],
    ['of a school', { school: 'TH-02' }, [2, 3]],
    ['of a reason', { reason: 'bad-body' }, [1, 2]],
    ['of both, which one letter has to fit', { school: 'TH-02', reason: 'out-of-range' }, []],
    ['of a format', { format: 'native' }, [3]],
    ['of a device', { format: 'native', device: 'TH-02/x' }, [3]],
    [
      'of the time of arrival, from and before',
      { since: new Date(NOW + 1).toISOString(), until: new Date(NOW + 2).toISOString() },
      [2],
    ],
  ])('%s', async (_what, filter, expected) => {
    const seen: (number | undefined)[] = []
    await again(filter, {
      carry: async (messages) => {
        seen.push(...messages.map((one) => one.retryOf))
      },
    })
    expect(seen).toEqual(expected)
  })
})

test('pages are bounded by number and bytes, and a run takes each message once, up to the limit', async () => {
  for (let i = 0; i < 3; i++) await addDeadMessage(db.database, { payload: Buffer.alloc(700_000) })
  await db.database.query(
    `with many as (
      insert into dead_message (received_at, source, topic, payload, size, qos, retained, waiting, letters)
      select now(), 'mqtt', 'x', 'x', 1, 1, false, false, 1 from generate_series(1, 450) returning id
    ) insert into dead_letter (message_id, reason, detail, remedy) select id, 'unknown-topic', 'd', 'r' from many`,
  )
  const pages: number[] = []
  const looked: number[] = []
  const carry: TestPipeline['carry'] = async (messages) => {
    pages.push(messages.length)
    await pipeline.carry(messages)
  }
  const onPage = (messages: number) => looked.push(messages)
  expect(await again({}, { carry, onPage })).toMatchObject({ messages: 453, refused: 453 })
  expect(pages).toEqual([2, 200, 200, 51])
  expect(looked).toEqual(pages)
  expect(await again({}, { limit: 203 })).toMatchObject({ messages: 203 })
})

test('a message that is not kept whole is left alone', async () => {
  await addDeadMessage(db.database, { payload: '{"co2":5', size: 2_000_000, topic: TELEMETRY })
  expect(await again()).toMatchObject({ messages: 0, skipped: 1 })
  expect(await select('select attempts, leased_until from dead_message')).toEqual([
    { attempts: 0, leased_until: null },
  ])
})

describe('two retries at once', () => {
  const waiting = (device: string, at: number) =>
    message(`ioc/v1/TH-01/telemetry/${device}`, { ts: NOW + at, values: { co2: 500 } })

  test('share the messages, and store each once', async () => {
    await pipeline.carry(Array.from({ length: 1_000 }, (_, at) => waiting('twin', at)))
    await addDevice(db.database, 'TH-01', 'twin')
    const other = await createPipeline(db)
    const both = await Promise.all([again(), again({}, { carry: other.carry })])
    expect(both[0].messages + both[1].messages).toBe(1_000)
    expect(both[0].stored + both[1].stored).toBe(1_000)
    expect([await count('reading'), await count('dead_message')]).toEqual([1_000, 0])
    await expectAccounted()
  })

  test('of the same message, because a lease ran out, store it once and leave nothing behind', async () => {
    await pipeline.carry([waiting('late-twin', 0), message(TELEMETRY, { ts: NOW, values: { radon: 1 } })])
    const slow: (() => Promise<void>)[] = []
    const counts = await again(
      {},
      {
        carry: async (messages) => {
          slow.push(() => pipeline.carry(messages))
        },
      },
    )
    expect(counts.messages).toBe(0)
    expect(await again()).toMatchObject({ messages: 0, skipped: 2 })
    await db.database.query(`update dead_message set leased_until = clock_timestamp() - interval '1 second'`)
    await addDevice(db.database, 'TH-01', 'late-twin')
    const other = await createPipeline(db)
    await again({}, { carry: other.carry })
    await db.database.query('delete from dead_message where attempts = 1')
    // The first one wakes up: what it holds has been stored, and what it refuses is kept no longer.
    for (const carry of slow) await carry()
    expect([await count('reading'), await count('dead_message'), await count('dead_letter')]).toEqual([
      1, 0, 0,
    ])
    await expectAccounted()
    expect(await countsOf(pipeline.tools.metrics)).toMatchObject({ received: 4, duplicate: 2, inFlight: 0 })
  })
})

test('told to stop, a retry ends after the page it carries', async () => {
  for (let i = 0; i < 3; i++) await addDeadMessage(db.database, { payload: Buffer.alloc(700_000) })
  const stop = new AbortController()
  const carry: TestPipeline['carry'] = async (messages) => {
    stop.abort()
    await pipeline.carry(messages)
  }
  expect(await again({}, { carry, signal: stop.signal })).toMatchObject({ messages: 2 })
})
