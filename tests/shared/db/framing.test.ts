import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readyStatus, takeStartup, takeTurn } from '../../../shared/db/embedded/framing.ts'

function message(type: string, body = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(5)
  head.write(type, 0, 'latin1')
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

/** Everything that can be taken when the stream arrives in pieces of these sizes. */
function takeAll(stream: Buffer, sizes: number[]): Buffer[] {
  const turns: Buffer[] = []
  let buffer = Buffer.alloc(0)
  let offset = 0
  for (let piece = 0; offset < stream.length; piece++) {
    const size = sizes[piece % sizes.length]!
    buffer = Buffer.concat([buffer, stream.subarray(offset, offset + size)])
    offset += size
    for (let taken = takeTurn(buffer); taken; taken = takeTurn(buffer)) {
      turns.push(taken.turn.bytes)
      buffer = Buffer.from(taken.rest)
      if (taken.turn.terminate) return turns
    }
  }
  return turns
}

test('however the bytes are cut, the same whole turns come out', () => {
  const turns = [
    Buffer.concat([
      message('P', Buffer.from('x')),
      message('B', Buffer.alloc(9_000, 1)),
      message('E'),
      message('S'),
    ]),
    message('Q', Buffer.from('select 1\0')),
    Buffer.concat([message('P'), message('H')]),
  ]
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 20 }), (sizes) => {
      expect(takeAll(Buffer.concat(turns), sizes)).toEqual(turns)
    }),
  )
})

test('a length that cannot be true is an error, not a wait for gigabytes', () => {
  const broken = Buffer.from([81, 0x7f, 0xff, 0xff, 0xff])
  expect(() => takeTurn(broken)).toThrow(RangeError)
  expect(() => takeTurn(Buffer.from([81, 0, 0, 0, 1]))).toThrow(RangeError)
})

test('a start-up packet is read whole or not at all', () => {
  const words = Buffer.from('user\0postgres\0database\0ioc\0\0')
  const packet = Buffer.alloc(8 + words.length)
  packet.writeInt32BE(packet.length, 0)
  packet.writeInt32BE(196608, 4)
  words.copy(packet, 8)
  expect(takeStartup(packet.subarray(0, 20))).toBeUndefined()
  expect(takeStartup(packet)?.request).toEqual({
    kind: 'startup',
    parameters: { user: 'postgres', database: 'ioc' },
  })
})

test('rubbish instead of a start-up packet is told apart', () => {
  expect(takeStartup(Buffer.from('GET / HTTP/1.1\r\n'))?.request.kind).toBe('unknown')
})

test('the status is that of the last ReadyForQuery', () => {
  const answer = Buffer.concat([
    message('Z', Buffer.from('T')),
    message('C', Buffer.from('Z\0')),
    message('Z', Buffer.from('I')),
  ])
  expect(readyStatus(answer)).toBe('I')
  expect(readyStatus(message('C', Buffer.from('INSERT 0 1\0')))).toBeUndefined()
})
