import fc from 'fast-check'
import protobuf from 'protobufjs'
import { describe, expect, test } from 'vitest'
import { WireReader } from '../../../../ingest/decoders/sparkplug/wire.ts'
import { part, varint } from '../../../helpers/sparkplug.ts'

const bytes = (...values: number[]) => Buffer.from(values)
const field = { tag: 0, number: 9 }

describe('an integer', () => {
  test.each([
    [0n, '00'],
    [127n, '7f'],
    [128n, '8001'],
    [300n, 'ac02'],
    [2n ** 49n - 1n, 'ffffffffffff7f'],
    [2n ** 49n, '8080808080808001'],
    [2n ** 53n, '8080808080808010'],
    [2n ** 64n - 1n, 'ffffffffffffffffff01'],
  ])('of %s is read from %s', (value, hex) => {
    expect(BigInt(new WireReader(Buffer.from(hex, 'hex')).varint())).toBe(value)
  })

  test('is a number while it is exact, and all of its bits beyond', () => {
    const read = (value: bigint) => new WireReader(varint(value)).varint()
    expect(read(2n ** 53n - 1n)).toBe(Number.MAX_SAFE_INTEGER)
    expect(read(2n ** 53n)).toBe(2n ** 53n)
    expect(read(-5n)).toBe(2n ** 64n - 5n)
  })

  test('may be written with more bytes than it needs, but not with more than ten', () => {
    expect(new WireReader(bytes(0x85, 0x80, 0x80, 0x00)).varint()).toBe(5)
    expect(new WireReader(Buffer.from('85808080808080808000', 'hex')).varint()).toBe(5)
    expect(() => new WireReader(Buffer.alloc(11, 0x80)).varint()).toThrow('more than ten bytes')
  })

  test('of 32 bits drops what is beyond them, as the format demands', () => {
    expect(new WireReader(varint(-5)).uint32()).toBe(2 ** 32 - 5)
    expect(new WireReader(varint(2n ** 40n + 7n)).uint32()).toBe(7)
  })

  test('is what the reference reader makes of it, for every 64 bits', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
        const written = varint(value)
        expect(BigInt(new WireReader(written).varint())).toBe(value)
        const theirs = new protobuf.Reader(written).uint64()
        expect(BigInt(theirs.toString())).toBe(value)
        expect(new WireReader(written).uint32()).toBe(new protobuf.Reader(written).uint32())
        expect(new WireReader(written).bool()).toBe(new protobuf.Reader(written).bool())
      }),
      { seed: 102, numRuns: 2_000 },
    )
  })
})

describe('what nobody asks for', () => {
  test.each([
    ['an integer', 0, bytes(0xac, 0x02)],
    ['eight bytes', 1, Buffer.alloc(8)],
    ['a text', 2, bytes(3, 1, 2, 3)],
    ['four bytes', 5, Buffer.alloc(4)],
    ['a group with fields and groups in it', 3, bytes(0x08, 0x05, 0x13, 0x12, 0x01, 0xff, 0x14, 0x4c)],
  ])('is passed over when it is %s', (_what, wire, value) => {
    const reader = new WireReader(Buffer.concat([value, bytes(0x2a)]))
    reader.skip({ ...field, wire })
    expect(reader.varint()).toBe(0x2a)
  })

  test('may be groups nested a million deep', () => {
    const deep = Buffer.concat([Buffer.alloc(500_000, 0x0b), Buffer.alloc(500_000, 0x0c), bytes(0x4c, 0x2a)])
    const reader = new WireReader(deep)
    reader.skip({ ...field, wire: 3 })
    expect(reader.varint()).toBe(0x2a)
  })
})

describe('bytes that are no message', () => {
  const walk = (message: Buffer) => {
    const reader = new WireReader(message)
    for (let next = reader.next(); next; next = reader.next()) reader.skip(next)
  }
  test.each([
    ['an integer that is cut off', bytes(0x08, 0x80), 'cut off'],
    ['four bytes that are three', bytes(0x0d, 0, 0, 0), 'cut off'],
    ['eight bytes that are seven', bytes(0x09, 0, 0, 0, 0, 0, 0, 0), 'cut off'],
    ['a text shorter than it says', bytes(0x0a, 4, 1, 2, 3), '4 bytes where 3 are left'],
    ['a text of 2^64 bytes', Buffer.concat([bytes(0x0a), varint(-1)]), 'where 0 are left'],
    ['field 0', bytes(0x00, 0x00), 'no field has the tag 0'],
    ['a field number of 33 bits', Buffer.concat([varint(2n ** 33n), bytes(0)]), 'no field has the tag'],
    ['a wire type that does not exist', bytes(0x0e), 'wire type 6'],
    ['the end of a group that has not begun', bytes(0x0c), 'wire type 4'],
    ['a group that does not end', bytes(0x0b, 0x08, 0x01), 'does not end'],
    ['a group that ends as another', bytes(0x0b, 0x14), 'has not begun'],
  ])('are said to be so: %s', (_what, message, sentence) => {
    expect(() => walk(message)).toThrow(sentence)
  })

  test('within a message end there, not in the bytes behind it', () => {
    const reader = new WireReader(Buffer.concat([part(1, bytes(0x08, 0x80)), bytes(0x01)]))
    reader.next()
    const inner = reader.message()
    expect(inner.next()).toMatchObject({ number: 1, wire: 0 })
    expect(() => inner.varint()).toThrow('cut off')
    expect(reader.varint()).toBe(1)
  })
})
