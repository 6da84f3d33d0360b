import net from 'node:net'
import { gzipSync } from 'node:zlib'
import { generate } from 'mqtt-packet'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts'
import { mqttClient } from './clients.ts'
import { expectAccounted, type IngestHarness, startIngest } from './harness.ts'
import { NOW, roll } from './messages.ts'
import { addSchools } from './registry-fixture.ts'

/** Payloads that have broken other systems. Each is answered, and each of its records is stored or kept with a reason. */
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

const MIB = 1_048_576
const TELEMETRY = 'ioc/v1/TH-01/telemetry/room-1'
const ROLLS = 'ioc/v1/TH-01/attendance'
const CHECKIN = 'ioc/v1/TH-01/checkin'
const STATUS = 'ioc/v1/TH-01/status'
const STATE = 'ioc/v1/TH-01/devices/room-1/state'

let nextTs = NOW - 3_600_000
const values = (text: string) => {
  nextTs += 1_000
  return `{"ts":${nextTs},"values":{${text}}}`
}
const padded = (text: string, bytes: number) => text + ' '.repeat(bytes - text.length)
const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
const deepObject = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`

interface Fate {
  stored: number
  refused: string[]
}

/** Publishes, waits for the acknowledgement, and says what became of the message. */
async function put(topic: string, payload: string | Buffer, retain = false): Promise<Fate> {
  const before = await ingest.metrics()
  const [last] = (
    await db.database.query<{ id: number }>('select coalesce(max(id), 0) as id from dead_letter')
  ).rows
  const client = await mqttClient(ingest.mqttUrl)
  await client.publishAsync(topic, payload, { qos: 1, retain })
  const after = await expectAccounted(ingest)
  expect(after.inFlight).toBe(0)
  const { rows } = await db.database.query<{ reason: string; field: string | null }>(
    'select reason, field from dead_letter where id > $1 order by id',
    [last!.id],
  )
  expect(after.deadLetter - before.deadLetter).toBe(rows.length)
  return {
    stored: after.stored - before.stored,
    refused: rows.map(({ reason, field }) => (field === null ? reason : `${reason} ${field.slice(0, 30)}`)),
  }
}

const stored = (count: number): Fate => ({ stored: count, refused: [] })
const refused = (...reasons: string[]): Fate => ({ stored: 0, refused: reasons })

test.each<[string, string, () => string | Buffer, Fate]>([
  ['exactly 1 MiB', TELEMETRY, () => padded(values('"co2":500'), MIB), stored(1)],
  ['1 MiB and one byte', TELEMETRY, () => padded(values('"co2":500'), MIB + 1), refused('too-large')],
  ['nothing', TELEMETRY, () => '', refused('not-json')],
  ['one NUL', TELEMETRY, () => '\0', refused('not-json')],
  ['a hundred thousand levels of arrays', TELEMETRY, () => deep(100_000), refused('bad-body [0]')],
  [
    'a hundred thousand levels in a value',
    TELEMETRY,
    () => values(`"co2":${deep(100_000)},"light":300`),
    {
      stored: 1,
      refused: ['bad-body values.co2'],
    },
  ],
  ['a hundred thousand levels of objects', TELEMETRY, () => deepObject(100_000), refused('bad-body a')],
  ['a roll a hundred thousand levels deep', ROLLS, () => deep(100_000), refused('bad-body [0]')],
  ['a check-in with a deep id', CHECKIN, () => `{"id":${deep(100_000)}}`, refused('bad-body id')],
  ['a deep status', STATUS, () => `{"open":${deepObject(100_000)}}`, refused('bad-body open')],
  ['a deep state', STATE, () => deepObject(100_000), refused('bad-body online')],
  ['a hundred thousand unclosed levels', TELEMETRY, () => '['.repeat(100_000), refused('not-json')],
  [
    'numbers beyond all numbers',
    TELEMETRY,
    () => values('"co2":1e400,"noise":-1e400,"light":300'),
    {
      stored: 1,
      refused: ['bad-body values.co2', 'bad-body values.noise'],
    },
  ],
  [
    'a number of a thousand digits',
    TELEMETRY,
    () => values(`"co2":${'9'.repeat(1_000)}`),
    refused('bad-body values.co2'),
  ],
  [
    'a number of thirty digits',
    TELEMETRY,
    () => values(`"co2":${'9'.repeat(30)}`),
    refused('out-of-range values.co2'),
  ],
  ['a number too small to tell from 0', TELEMETRY, () => values('"light":1e-400'), stored(1)],
  ['minus zero', TELEMETRY, () => values('"light":-0'), stored(1)],
  [
    'NaN and Infinity',
    TELEMETRY,
    () => values('"co2":NaN,"noise":Infinity,"pm25":-Infinity,"light":300'),
    {
      stored: 1,
      refused: ['bad-body values.co2', 'bad-body values.noise', 'bad-body values.pm25'],
    },
  ],
  ['a time that is NaN', TELEMETRY, () => '{"ts":NaN,"values":{"co2":500}}', refused('bad-body ts')],
  ['a time beyond all times', TELEMETRY, () => '{"ts":1e300,"values":{"co2":500}}', refused('bad-body ts')],
  ['UTF-16', TELEMETRY, () => Buffer.from(values('"co2":500'), 'utf16le'), refused('not-json')],
  ['bytes that are no UTF-8', TELEMETRY, () => Buffer.from([0x7b, 0xc0, 0x80, 0x7d]), refused('not-utf8')],
  ['half a character', TELEMETRY, () => Buffer.from([0xe1, 0xba]), refused('not-utf8')],
  ['half a surrogate pair', ROLLS, () => JSON.stringify(roll({ class: '\ud800' })), stored(1)],
  ['compressed bytes', TELEMETRY, () => gzipSync('{"co2":500}'), refused('not-utf8')],
  ['a key twice, of which the last counts,', TELEMETRY, () => values('"co2":500,"co2":501'), stored(1)],
  [
    '__proto__ among the values',
    TELEMETRY,
    () => values('"__proto__":1,"constructor":2,"light":300'),
    {
      stored: 1,
      refused: ['unknown-metric values.__proto__, values.const'],
    },
  ],
  [
    '__proto__ as the values',
    TELEMETRY,
    () => `{"ts":${NOW},"__proto__":{"values":{"co2":500}}}`,
    refused('bad-body values'),
  ],
  [
    '__proto__ in a roll',
    ROLLS,
    () => JSON.stringify(roll({ class: '3P' })).replace('{', '{"__proto__":{"present":1},'),
    refused('bad-body __proto__'),
  ],
  [
    'hasOwnProperty as a state',
    STATE,
    () => '{"online":true,"hasOwnProperty":1}',
    refused('bad-body hasOwnProperty'),
  ],
  [
    'a thousand wrong fields in a roll',
    ROLLS,
    () =>
      JSON.stringify(Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`wrong-field-${n}`, n]))),
    refused('bad-body id'),
  ],
  ['null', ROLLS, () => 'null', refused('bad-body')],
  ['an empty array', CHECKIN, () => '[]', refused('bad-body')],
  [
    'arrays in an array',
    CHECKIN,
    () => '[[],[null],{}]',
    refused('bad-body [0]', 'bad-body [1]', 'bad-body [2].id'),
  ],
])('%s is answered and accounted for', async (_what, topic, payload, expected) => {
  expect(await put(topic, payload())).toEqual(expected)
})

test.each([
  ['a NUL in the topic', 'ioc/v1/TH-01/telemetry/room\0-1'],
  ['a topic of the protocol with something behind it', `${TELEMETRY}/`],
  ['a topic of 60,000 characters', `ioc/${'v'.repeat(60_000)}`],
  ['a topic with a space', 'ioc/v1/TH 01/attendance'],
])('%s is a dead letter', async (_what, topic) => {
  expect(await put(topic, '{}')).toEqual(refused('unknown-topic'))
})

test('an empty retained message is an order to the broker, not a message', async () => {
  expect(await put(STATUS, '', true)).toEqual(stored(0))
  expect(await put(TELEMETRY, '', true)).toEqual(stored(0))
})

test.each(['+', '#', 'ioc/v1/+/status', 'ioc/v1/TH-01/#', ''])(
  'publishing to "%s" ends the connection, and that is counted',
  async (topic) => {
    const refusals = async () =>
      (await ingest.metrics()).sample('ioc_ingest_refused_total{reason="bad-topic"}')
    const before = await refusals()
    const socket = net.connect(Number(new URL(ingest.mqttUrl).port), '127.0.0.1')
    socket.on('error', () => {})
    const closed = new Promise((resolve) => socket.on('close', resolve))
    socket.resume()
    socket.write(
      generate({ cmd: 'connect', clientId: 'odd', protocolId: 'MQTT', protocolVersion: 4, clean: true }),
    )
    const publish = generate({
      cmd: 'publish',
      topic: 'x',
      payload: '{}',
      qos: 1,
      messageId: 1,
      retain: false,
      dup: false,
    })
    // Written by hand, for the packet writer refuses an empty topic.
    const length = Buffer.from([0, topic.length])
    const body = Buffer.concat([length, Buffer.from(topic), publish.subarray(5)])
    socket.write(Buffer.concat([Buffer.from([0x32, body.length]), body]))
    await closed
    expect(await refusals()).toBe(before + 1)
  },
)
