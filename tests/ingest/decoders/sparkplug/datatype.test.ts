import { describe, expect, test } from 'vitest'
import { convert } from '../../../../ingest/decoders/sparkplug/datatype.ts'
import { readPayload, type Value } from '../../../../ingest/decoders/sparkplug/payload.ts'
import { encodePayload, type MetricToWrite, TYPE } from '../../../helpers/sparkplug.ts'

/** Written to bytes and read from them: what a device means by these fields. */
const meant = (metric: MetricToWrite): Value =>
  readPayload(encodePayload({ metrics: [metric] }), 1).metrics[0]!.value!
const read = (metric: MetricToWrite, datatype: number | undefined) => convert(meant(metric), datatype)

describe('a signed integer comes in an unsigned field', () => {
  test.each([
    ['Int8', { int: 2 ** 32 - 5 }, -5],
    ['Int8', { int: 0xfb }, -5],
    ['Int8', { int: -5 }, -5],
    ['Int8', { int: 127 }, 127],
    ['Int16', { int: 2 ** 32 - 300 }, -300],
    ['Int16', { int: 0xfed4 }, -300],
    ['Int16', { int: 32_767 }, 32_767],
    ['Int32', { int: 2 ** 32 - 71 }, -71],
    ['Int32', { int: -71 }, -71],
    ['Int32', { int: 2 ** 31 - 1 }, 2_147_483_647],
    ['Int32', { long: -71 }, -71],
    ['Int64', { long: -71 }, -71],
    ['Int64', { long: 2n ** 53n - 1n }, Number.MAX_SAFE_INTEGER],
    ['Int64', { int: 71 }, 71],
    ['UInt8', { int: 255 }, 255],
    ['UInt16', { int: 65_535 }, 65_535],
    ['UInt32', { int: 2 ** 32 - 1 }, 4_294_967_295],
    ['UInt32', { long: 340 }, 340],
    ['UInt64', { long: 2n ** 53n - 1n }, Number.MAX_SAFE_INTEGER],
  ] as const)('%s of %o is %i', (type, metric, value) => {
    expect(read(metric, TYPE[type])).toEqual({ value })
  })

  test.each([
    ['Int8', { int: 300 }, '300 is no Int8'],
    ['Int8', { int: 2 ** 32 - 300 }, 'is no Int8'],
    ['Int16', { int: 70_000 }, 'is no Int16'],
    ['Int32', { long: 2n ** 33n }, 'is no Int32'],
    ['Int64', { int: 2 ** 32 - 71 }, 'in int_value is no Int64'],
    ['UInt8', { int: 256 }, '256 is no UInt8'],
    ['UInt16', { int: 2 ** 32 - 1 }, 'is no UInt16'],
    ['UInt32', { long: 2n ** 32n }, 'is no UInt32'],
    ['Int64', { long: 2n ** 53n }, '9007199254740992 has more digits than are kept exactly'],
    ['Int64', { long: -(2n ** 53n) }, '-9007199254740992 has more digits'],
    ['UInt64', { long: -1 }, '18446744073709551615 has more digits'],
  ] as const)('%s of %o is none', (type, metric, sentence) => {
    expect(read(metric, TYPE[type])).toEqual({ wrong: expect.stringContaining(sentence) })
  })
})

describe('a number with a point', () => {
  test('that is a Float is the shortest decimal that is the same Float', () => {
    expect(meant({ float: 27.3 })).toEqual({ in: 'float_value', is: 27.299999237060547 })
    for (const value of [27.3, -0.1, 1013.25, 61.5, 0, 1e-10, 123456.7, 16_777_216, 3.4028235e38]) {
      expect(read({ float: value }, TYPE.Float)).toEqual({ value })
    }
  })

  test('that is a Double is itself', () => {
    expect(read({ double: 27.299999237060547 }, TYPE.Double)).toEqual({ value: 27.299999237060547 })
  })

  test('may come as the other of the two', () => {
    expect(read({ float: 27.3 }, TYPE.Double)).toEqual({ value: 27.3 })
    expect(read({ double: 27.3 }, TYPE.Float)).toEqual({ value: 27.3 })
  })
})

test('a value speaks for itself without a data type where its bits have one meaning only', () => {
  expect(read({ double: 1.5 }, undefined)).toEqual({ value: 1.5 })
  expect(read({ float: 27.3 }, undefined)).toEqual({ value: 27.3 })
  expect(read({ boolean: true }, undefined)).toEqual({ value: true })
  const wrong = 'neither it nor its birth names a data type'
  expect(read({ int: 5 }, undefined)).toEqual({ wrong })
  expect(read({ long: 5 }, undefined)).toEqual({ wrong })
})

test.each([
  ['a Boolean as an integer', { int: 1 }, TYPE.Boolean, 'it comes as int_value with Boolean'],
  ['an integer as a Boolean', { boolean: true }, TYPE.Int32, 'it comes as boolean_value with Int32'],
  ['an integer with a point', { double: 5 }, TYPE.Int32, 'it comes as double_value with Int32'],
  ['a Double as an integer', { int: 5 }, TYPE.Double, 'it comes as int_value with Double'],
  ['a number as text', { string: '27.5' }, TYPE.Double, 'it comes as string_value with Double'],
  ['text', { string: '27.5' }, TYPE.String, 'it comes as string_value with data type 12'],
  ['a time', { long: 5 }, TYPE.DateTime, 'it comes as long_value with data type 13'],
  ['bytes', { bytes: Buffer.from('x') }, TYPE.Bytes, 'it comes as bytes_value with data type 17'],
  ['text without a data type', { string: 'x' }, undefined, 'it comes as string_value with no data type'],
])('%s is not taken for a number', (_what, metric, datatype, sentence) => {
  expect(read(metric, datatype)).toEqual({ wrong: `a number is wanted; ${sentence}` })
})
