import { encode } from 'cborg'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formats } from '../../../ingest/decoders/index.ts'
import { Memory } from '../../../ingest/decoders/memory.ts'
import type { Message } from '../../../ingest/message.ts'
import { decode } from '../../../ingest/stages/decode.ts'
import { identify } from '../../../ingest/stages/identify.ts'
import { validate } from '../../../ingest/stages/validate.ts'
import { metricsData } from '../../../shared/db/reference.ts'
import { decodeTools, message, NOW } from '../messages.ts'
import { messageOf, readFixtures } from './fixture.ts'

const fixtures = readFixtures()
const RUNS = 1_500
const metrics = new Map(metricsData().map((metric) => [metric.code, metric]))
const everywhere = {
  deviceOf: () => ({ school: 'TH-01', device: 'room-1' }),
  devicesBelow: () => [],
  refresh: async () => {},
}
/** Even numbers and odd texts that a device with a broken clock or sensor sends. */
const oddities = fc.constantFrom<unknown>(
  ...[0, -1, 1e300, -1e300, 8.64e15 + 1, 2 ** 53, 2 ** 28, 1795395540000, Number.MIN_VALUE],
  ...[
    '',
    '\0',
    'NaN',
    '1e999',
    '-',
    '2026-11-23T24:00:00Z',
    '9999-12-31T23:59:60+14:00',
    '__proto__',
    '\ud800',
  ],
  ...[null, true, [], {}, [[[]]], { ts: {} }, { value: { value: { value: { value: {} } } } }],
)
const anything = fc.oneof(oddities, fc.jsonValue({ maxDepth: 3 }))

/** A body with one of its parts replaced, taken out, or said twice. */
const mutated = (body: unknown) =>
  fc.tuple(fc.nat(200), fc.constantFrom('replace', 'remove', 'rename'), anything).map(([at, how, other]) => {
    const copy: unknown = structuredClone(body)
    const places: { group: Record<string, unknown>; key: string }[] = []
    const walk = (value: unknown) => {
      if (typeof value !== 'object' || value === null) return
      for (const key of Object.keys(value)) {
        const group = value as Record<string, unknown>
        places.push({ group, key })
        walk(group[key])
      }
    }
    walk(copy)
    const place = places[at % Math.max(1, places.length)]
    if (!place) return other
    const { group, key } = place
    if (how === 'rename') group[`${key}x`] = group[key]
    if (how === 'replace') group[key] = other
    else delete group[key]
    return copy
  })

/** A payload with bytes changed or cut off. */
const scratched = (payload: Buffer) =>
  fc.tuple(fc.nat(payload.length), fc.uint8Array({ maxLength: 4 }), fc.boolean()).map(([at, bytes, cut]) => {
    const copy = Buffer.from(payload)
    copy.set(bytes.slice(0, copy.length - at), at)
    return cut ? copy.subarray(0, at) : copy
  })

/** Carries a message as far as validate; whatever it was, every record is sound and every letter can be kept. */
async function expectSound(given: Message): Promise<void> {
  const batch = validate(await identify(decode([given], decodeTools), everywhere), {
    metric: (code) => metrics.get(code),
  })
  const found = batch.records.length + batch.letters.length + batch.descriptions.length
  expect(found > 0 || batch.ignored.has(given)).toBe(true)
  for (const record of batch.records) {
    if (record.kind !== 'reading' && record.kind !== 'connection') throw new Error(record.kind)
    expect(Number.isSafeInteger(record.at)).toBe(true)
    if (record.kind === 'reading') expect(Number.isFinite(record.value)).toBe(true)
  }
  for (const letter of batch.letters) {
    expect(letter.value.length).toBeLessThanOrEqual(101)
    expect(letter.detail).not.toBe('')
  }
  for (const { body } of batch.descriptions) expect(typeof JSON.stringify(body)).toBe('string')
}

describe.each([...new Set(fixtures.map(({ format }) => format))])(
  '%s never throws, never gives NaN',
  (format) => {
    const own = fixtures.filter((one) => one.format === format).map(({ fixture }) => fixture)
    const ofOne = (change: (given: Message) => fc.Arbitrary<Buffer>) =>
      fc.constantFrom(...own).chain((fixture) => {
        const given = messageOf(fixture)
        return change(given).map((payload) => ({ ...given, payload }))
      })
    const asBytes = (body: unknown) =>
      format === 'senml-cbor' ? Buffer.from(encode(body)) : Buffer.from(JSON.stringify(body) ?? '')
    const run = (messages: fc.Arbitrary<Message>) =>
      fc.assert(fc.asyncProperty(messages, expectSound), { numRuns: RUNS })

    test('for anything well-formed', () => run(ofOne(() => anything.map(asBytes))))
    test('for any bytes', () =>
      run(ofOne(() => fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)))))
    test('for what it knows with bytes scratched', () => run(ofOne(({ payload }) => scratched(payload))))
    test('for what it knows with a part of it wrong', () =>
      run(
        ofOne(({ payload }) => {
          try {
            return mutated(JSON.parse(payload.toString())).map(asBytes)
          } catch {
            return scratched(payload)
          }
        }),
      ))
  },
)

test('no value is lost in silence: each becomes a record or a fault, unless its name holds no measurement', () => {
  const names = fc.constantFrom(
    'co2',
    'temp',
    'RH',
    'lux',
    'power',
    'pm2.5',
    'radon',
    'Độ ẩm',
    'x',
    'constructor',
  )
  const values = fc.dictionary(
    names,
    fc.oneof(fc.double(), fc.integer(), fc.boolean(), fc.string(), fc.constant(null)),
  )
  fc.assert(
    fc.property(values, (body) => {
      const given = message('v1/devices/me/telemetry', body, { username: 'u' })
      const route = decodeTools.map.routeOf(given.topic)!
      const reading = formats.thingsboard!.read(given, {
        route,
        description: () => undefined,
        ordered: true,
        memory: new Memory(),
      })
      expect(reading.drafts.length + reading.faults.length).toBe(Object.keys(body).length)
    }),
    { numRuns: RUNS },
  )
})

describe('a message of a mebibyte', () => {
  const long = 'x'.repeat(400_000)
  const many = (count: number, of: (at: number) => [string, unknown]) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => of(at)))
  test.each<[string, string, unknown]>([
    ['unknown fields', 'v1/devices/me/telemetry', many(60_000, (at) => [`x${at}`, at])],
    ['a long name over many values', 'zigbee2mqtt/P101', { [long]: many(30_000, (at) => [`x${at}`, at]) }],
    ['a long device over many values', 'v1/gateway/telemetry', { [long]: Array(900).fill({ co2: 'x' }) }],
    [
      'names of nothing but separators',
      'senml/json/a',
      [{ bn: '::'.repeat(200_000) }, ...Array(900).fill({ n: 'x', v: 1 })],
    ],
    [
      'groups within groups, in our own protocol',
      'ioc/v1/TH-01/telemetry/room-1',
      `{"ts":${NOW},"values":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_001)}`,
    ],
    [
      'groups within groups',
      'application/1/device/2/event/up',
      `{"deviceInfo":{"devEui":"24e124725c140101"},"object":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_001)}`,
    ],
    [
      'a described novel',
      'homie/5/dev/$description',
      {
        homie: '5.0',
        nodes: { [long]: { properties: many(400, (at) => [`p${at}`, { datatype: 'float' }]) } },
      },
    ],
    ['numbers that never end', 'tele/P101/SENSOR', `{"A":{"Temperature":${'9'.repeat(900_000)}}}`],
  ])('of %s is read at once and leaves letters that people can read', async (_what, topic, body) => {
    const given = message(topic, body, { username: 'u' })
    expect(given.payload.length).toBeLessThan(1_048_576)
    const since = performance.now()
    const { letters, records } = validate(await identify(decode([given], decodeTools), everywhere), {
      metric: (code) => metrics.get(code),
    })
    // Some milliseconds; a factor of the length too much would be minutes.
    expect(performance.now() - since).toBeLessThan(3_000)
    expect(records).toEqual([])
    expect(letters.length).toBeGreaterThan(0)
    const size = letters.reduce(
      (sum, one) => sum + (one.field?.length ?? 0) + one.value.length + one.detail.length,
      0,
    )
    expect(size).toBeLessThan(300_000)
  })
})
