import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Metric, type Payload, readPayload } from '../../../../ingest/decoders/sparkplug/payload.ts'
import { rebirthRequest } from '../../../../ingest/decoders/sparkplug/rebirth.ts'
import {
  encodeMetric,
  encodePayload,
  type MetricToWrite,
  part,
  TYPE,
  varint,
} from '../../../helpers/sparkplug.ts'
import { decodeByReference, encodeByReference } from './schema.ts'

const tahu = JSON.parse(readFileSync(new URL('./tahu.json', import.meta.url), 'utf8')) as Record<
  string,
  string
> & {
  at: number
}
const fromTahu = (name: string) => readPayload(Buffer.from(tahu[name]!, 'hex'), 100)

/** Our reading in the words of the reference reader. */
const inTheirWords = ({ timestamp, seq, uuid, metrics }: Payload) => ({
  ...given({ timestamp: decimal(timestamp), seq: decimal(seq), uuid }),
  metrics: metrics.map(metricInTheirWords),
})
const metricInTheirWords = (metric: Metric) => ({
  ...given({
    name: metric.name,
    alias: decimal(metric.alias),
    timestamp: decimal(metric.timestamp),
    datatype: metric.datatype,
    value: metric.value?.in,
  }),
  historical: metric.historical,
  transient: metric.transient,
  isNull: metric.isNull,
  ...(metric.value && 'is' in metric.value ? { is: plain(metric.value.is) } : {}),
})
const theirs = (bytes: Buffer) => {
  const { metrics = [], ...payload } = decodeByReference(bytes)
  return {
    ...given({ timestamp: payload.timestamp, seq: payload.seq, uuid: payload.uuid }),
    metrics: metrics.map((metric) => ({
      ...given({
        name: metric.name,
        alias: metric.alias,
        timestamp: metric.timestamp,
        datatype: metric.datatype,
        value: metric.value,
      }),
      historical: metric.is_historical ?? false,
      transient: metric.is_transient ?? false,
      isNull: metric.is_null ?? false,
      ...(metric.value && !/bytes|dataset|template/.test(metric.value)
        ? { is: plain(metric[metric.value]) }
        : {}),
    })),
  }
}
const given = (fields: object) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
const decimal = (value: number | bigint | undefined) => (value === undefined ? undefined : String(value))
const plain = (value: unknown) => (typeof value === 'number' && Number.isNaN(value) ? 'NaN' : String(value))

describe('payloads as Eclipse Tahu writes them', () => {
  test.each(['nbirth', 'dbirth', 'ddata', 'ndeath', 'rebirth'])(
    'are read as another reader reads them: %s',
    (name) => {
      expect(inTheirWords(fromTahu(name))).toEqual(theirs(Buffer.from(tahu[name]!, 'hex')))
    },
  )

  test('have their values and properties where they belong', () => {
    const { metrics, seq, timestamp } = fromTahu('dbirth')
    expect({ seq, timestamp }).toEqual({ seq: 1, timestamp: tahu.at })
    expect(metrics.map(({ name, value }) => [name, value])).toEqual([
      ['Air/CO2', { in: 'int_value', is: 612 }],
      ['Air/Temperature', { in: 'float_value', is: Math.fround(27.3) }],
      ['RSSI', { in: 'int_value', is: 2 ** 32 - 71 }],
      ['Light', { in: 'long_value', is: 340 }],
      ['Voltage', { in: 'double_value', is: 221.5 }],
      ['Table', { in: 'dataset_value' }],
      ['Door', { in: 'template_value' }],
    ])
    expect([...metrics[1]!.properties]).toEqual([
      ['engUnit', '°C'],
      ['Quality', 192],
    ])
  })

  test('ask for a rebirth with the very bytes that we send', () => {
    expect(rebirthRequest(tahu.at).toString('hex')).toBe(tahu['rebirth'])
  })
})

const wholes = fc.oneof(
  fc.nat(),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.integer({ min: -200, max: -1 }),
)
const optional = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(model, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>
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
const properties = fc.dictionary(
  fc.string({ maxLength: 8 }),
  fc.oneof(
    fc.record({ type: fc.constant(3), int: fc.nat() }),
    fc.record({ string: fc.string() }),
    fc.record({ isNull: fc.boolean(), double: fc.double() }),
  ),
)
const metrics: fc.Arbitrary<MetricToWrite> = fc
  .tuple(
    optional({
      name: fc.string({ unit: 'binary' }),
      alias: wholes,
      timestamp: wholes,
      datatype: fc.nat({ max: 40 }),
      historical: fc.boolean(),
      transient: fc.boolean(),
      isNull: fc.boolean(),
      properties,
    }),
    values,
  )
  .map(([head, value]) => ({ ...head, ...value }))
const payloads = optional({
  timestamp: wholes,
  metrics: fc.array(metrics, { maxLength: 5 }),
  seq: fc.nat({ max: 300 }),
  uuid: fc.string(),
})

describe('any payload', () => {
  test('is read as another reader reads it', () => {
    fc.assert(
      fc.property(payloads, (payload) => {
        const bytes = encodePayload(payload)
        expect(inTheirWords(readPayload(bytes, 100))).toEqual(theirs(bytes))
      }),
      { seed: 102, numRuns: 2_000 },
    )
  })

  test('that another writer wrote is read as well', () => {
    const bytes = encodeByReference({
      timestamp: 1795395540000,
      seq: 255,
      metrics: [
        {
          name: 'CO2',
          alias: 1,
          datatype: 3,
          is_historical: true,
          int_value: 612,
          properties: { keys: ['unit'], values: [{ type: 12, string_value: 'ppm' }] },
        },
        { alias: '18446744073709551615', is_null: true, metadata: { content_type: 'x', size: 3 } },
        {
          name: 'Set',
          properties: {
            keys: ['a', 'b'],
            values: [{ propertyset_value: { keys: ['c'], values: [{ int_value: 1 }] } }, { int_value: 2 }],
          },
        },
      ],
    })
    const read = readPayload(bytes, 100)
    expect(inTheirWords(read)).toEqual(theirs(bytes))
    expect(read.metrics.map((one) => [...one.properties])).toEqual([
      [['unit', 'ppm']],
      [],
      // What is within a set is not looked for, but its place is kept.
      [
        ['a', undefined],
        ['b', 2],
      ],
    ])
  })

  test('of random bytes is refused or read, as the other reader does; changed bytes too', () => {
    let read = 0
    let refused = 0
    const same = (bytes: Buffer) => {
      const ours = attempt(() => inTheirWords(readPayload(bytes, 1_000)))
      const other = attempt(() => theirs(bytes))
      if (ours === undefined) refused += 1
      else read += 1
      // The other reader also looks into what we pass over, such as templates, and may refuse what it finds there.
      if (ours === undefined || other !== undefined) expect(ours).toEqual(other)
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => same(Buffer.from(bytes))),
      {
        seed: 102,
        numRuns: 5_000,
      },
    )
    fc.assert(
      fc.property(payloads, fc.nat(), fc.nat({ max: 255 }), (payload, place, byte) => {
        const bytes = encodePayload(payload)
        if (bytes.length > 0) bytes[place % bytes.length] = byte
        same(bytes)
      }),
      { seed: 103, numRuns: 5_000 },
    )
    expect(read).toBeGreaterThan(1_000)
    expect(refused).toBeGreaterThan(1_000)
  })
})

function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}

describe('of a field that comes twice', () => {
  test('the last one counts, also among the kinds of values', () => {
    const twice = Buffer.concat([
      encodeMetric({ name: 'A', int: 1, timestamp: 5 }),
      encodeMetric({ name: 'B', double: 2.5 }),
    ])
    expect(readPayload(part(2, twice), 1).metrics[0]).toMatchObject({
      name: 'B',
      timestamp: 5,
      value: { in: 'double_value', is: 2.5 },
    })
    const file = Buffer.concat([encodeMetric({ int: 1 }), encodeMetric({ bytes: Buffer.from('x') })])
    expect(readPayload(part(2, file), 1).metrics[0]!.value).toEqual({ in: 'bytes_value' })
  })
})

test('a known number of another wire type is an unknown field', () => {
  const odd = Buffer.concat([
    varint(10 * 8 + 2),
    varint(1),
    Buffer.from('x'),
    encodeMetric({ datatype: TYPE.Int32 }),
  ])
  expect(readPayload(part(2, odd), 1).metrics[0]).toMatchObject({ datatype: TYPE.Int32, value: undefined })
})

test('metrics beyond the number asked for are counted and not read', () => {
  const many = encodePayload({ metrics: Array.from({ length: 10 }, (_, at) => ({ alias: at })) })
  const { metrics: read, count } = readPayload(many, 3)
  expect([read.length, count]).toEqual([3, 10])
})
