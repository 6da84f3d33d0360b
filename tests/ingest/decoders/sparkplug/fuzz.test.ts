import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MOST_PAYLOAD_BYTES } from '../../../../ingest/stages/decode.ts'
import { identify } from '../../../../ingest/stages/identify.ts'
import { validate } from '../../../../ingest/stages/validate.ts'
import { encodePayload, type MetricToWrite, part } from '../../../helpers/sparkplug.ts'
import { message, NOW } from '../../messages.ts'
import { data, deviceBirth, type Heard, Host, nodeBirth } from './host.ts'

const oneOf = <T>(...values: T[]) => fc.constantFrom(...values)
const wholes = fc.oneof(fc.nat(), oneOf<number | bigint>(0, -1, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n))
const times = fc.oneof(
  fc.integer({ min: NOW - 86_400_000, max: NOW + 400_000 }),
  oneOf<number | bigint>(0, 2n ** 64n - 1n, 8.64e15, 1_795_395_540),
)
const names = oneOf(
  'CO2',
  'Room1/CO2',
  'Temperature',
  'temp',
  'Radon',
  'bdSeq',
  'Node Control/Rebirth',
  '',
  '__proto__',
  'a/',
  'x\0',
  '\ud800',
)
const properties = fc.dictionary(
  oneOf('engUnit', 'Quality', 'unit', '__proto__'),
  fc.oneof(
    fc.record({ int: oneOf(0, 192, 500, 7) }),
    fc.record({ string: oneOf('ppm', '°F', '', 'furlong') }),
    fc.record({ isNull: fc.boolean() }),
  ),
  { maxKeys: 2 },
)
const head = fc.record(
  {
    name: names,
    alias: fc.oneof(fc.nat({ max: 6 }), wholes),
    timestamp: times,
    datatype: fc.nat({ max: 36 }),
    historical: fc.boolean(),
    transient: fc.boolean(),
    isNull: fc.boolean(),
    properties,
  },
  { requiredKeys: [] },
)
const values: fc.Arbitrary<MetricToWrite> = fc.oneof(
  fc.record({ int: wholes }),
  fc.record({ long: wholes }),
  fc.record({ float: fc.float() }),
  fc.record({ double: fc.double() }),
  fc.record({ boolean: fc.boolean() }),
  fc.record({ string: fc.string({ unit: 'binary' }) }),
  fc.record({ bytes: fc.uint8Array().map((one) => Buffer.from(one)) }),
  fc.constant({}),
)
/** As they should be; most of the others are wrong in more than one way. */
const NAMED = { name: oneOf('CO2', 'Room1/Temperature', 'Noise'), alias: fc.nat({ max: 6 }) }
const sound: fc.Arbitrary<MetricToWrite> = fc.record({
  ...NAMED,
  datatype: oneOf(10),
  double: fc.double({ min: -10, max: 900, noNaN: true }),
})
const bad = fc.record({ ...NAMED, properties: oneOf({ Quality: { int: 0 } }), int: oneOf(5) })
const metrics: fc.Arbitrary<MetricToWrite> = fc.oneof(
  { weight: 3, arbitrary: sound },
  { weight: 1, arbitrary: bad },
  { weight: 3, arbitrary: fc.tuple(head, values).map(([one, value]) => ({ ...one, ...value })) },
)
const payloads = fc.record(
  {
    timestamp: times,
    seq: fc.nat({ max: 260 }),
    uuid: oneOf('', 'SPBV1.0_COMPRESSED', 'x'),
    metrics: fc.array(metrics, { maxLength: 8 }),
  },
  { requiredKeys: ['metrics'] },
)
const topics = oneOf(
  'A/NBIRTH/e1',
  'A/DBIRTH/e1/d1',
  'A/NDATA/e1',
  'A/DDATA/e1/d1',
  'A/NDEATH/e1',
  'A/DDEATH/e1/d1',
  'A/NCMD/e1',
)
const flags = fc.record({ retained: fc.boolean(), dup: fc.boolean() })
/** A message as it should be, or with one byte changed, or cut off, or none at all. */
const bytes = fc.oneof(
  { weight: 4, arbitrary: payloads.map(encodePayload) },
  {
    weight: 2,
    arbitrary: fc.tuple(payloads, fc.nat(), fc.nat({ max: 255 })).map(([payload, place, byte]) => {
      const changed = encodePayload(payload)
      if (changed.length > 0) changed[place % changed.length] = byte
      return changed
    }),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(payloads, fc.nat()).map(([payload, place]) => {
      const whole = encodePayload(payload)
      return whole.subarray(0, place % (whole.length + 1))
    }),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((one) => Buffer.from(one)) },
)

/** Metrics that a message's dead letters speak of. */
const blamed = ({ letters }: Heard) =>
  letters.reduce((sum, { detail }) => sum + Number(/^(\d+) metrics: /.exec(detail)?.[1] ?? 1), 0)

test('whatever devices say to each other’s births, nothing throws, nothing is silent, and no value is not a number', async () => {
  const seen = new Map<string, number>()
  const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1)
  const conversations = fc.array(fc.tuple(topics, bytes, flags), { minLength: 1, maxLength: 12 })
  for (const said of fc.sample(conversations, { numRuns: 1_000, seed: 102 })) {
    const host = new Host()
    for (const [topic, payload, more] of said) {
      const heard = host.hear(topic, payload, more)
      const { records, letters, descriptions, ignored } = heard.batch
      expect(records.length + letters.length + descriptions.length + ignored.size).toBeGreaterThan(0)
      for (const one of records) {
        if (one.kind !== 'reading') continue
        expect(Number.isFinite(one.value) && Number.isSafeInteger(one.at)).toBe(true)
        count('reading')
      }
      for (const one of letters) count(one.reason)
      for (const name of heard.connections) count(name.split(' ')[1]!)
      const named = await identify(heard.batch, {
        deviceOf: () => ({ school: 'TH-01', device: 'room-1' }),
        devicesBelow: () => [{ school: 'TH-01', device: 'room-2' }],
        refresh: async () => {},
      })
      const metric = { id: 1, code: 'x', unit: '', minimum: 0, maximum: 1000 }
      validate(named, { metric: () => metric })
    }
  }
  // The sample is worth something only if each way out was taken often.
  const ways = ['reading', 'bad-body', 'no-birth', 'unknown-metric', 'bad-quality', 'online', 'offline']
  for (const way of ways) expect([way, (seen.get(way) ?? 0) > 100]).toEqual([way, true])
})

test('each metric of a message is a reading, in a dead letter or ignored', () => {
  fc.assert(
    fc.property(
      fc.array(metrics, { maxLength: 8 }),
      fc.array(metrics, { minLength: 1, maxLength: 8 }),
      (born, said) => {
        const host = new Host()
        host.hear('A/NBIRTH/e1', nodeBirth())
        host.hear('A/DBIRTH/e1/d1', deviceBirth(1, born))
        const heard = host.hear('A/DDATA/e1/d1', data(2, said))
        expect(heard.readings.length + blamed(heard) + heard.ignored).toBe(said.length)
      },
    ),
    { seed: 103, numRuns: 1_500 },
  )
})

test.each([
  ['empty metrics', part(2, Buffer.alloc(0))],
  ['metrics by one alias', part(2, Buffer.from([0x10, 1, 0x50, 1]))],
  ['properties without values', part(2, part(9, Buffer.alloc(120, Buffer.from([0x0a, 0]))))],
  ['unknown fields', Buffer.from([0x50, 1])],
  ['groups within groups', Buffer.from([0x53])],
  ['text', Buffer.from('{"co2":612}')],
])('a megabyte of %s is read or refused at once', (_what, piece) => {
  const host = new Host()
  host.hear('A/NBIRTH/e1', nodeBirth())
  host.hear('A/DBIRTH/e1/d1', deviceBirth(1))
  const payload = Buffer.alloc(MOST_PAYLOAD_BYTES, piece)
  const started = performance.now()
  const { batch } = host.read([
    message('spBv1.0/A/DDATA/e1/d1', payload),
    message('spBv1.0/A/DBIRTH/e1/d2', payload),
  ])
  expect(performance.now() - started).toBeLessThan(3_000)
  expect(batch.letters.length + batch.ignored.size + batch.descriptions.length).toBeGreaterThanOrEqual(2)
})
