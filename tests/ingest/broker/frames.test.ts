import fc from 'fast-check'
import { generate } from 'mqtt-packet'
import { expect, test } from 'vitest'
import { FrameReader, readPublish, typeOf } from '../../../ingest/broker/frames.ts'

const anyPublish = fc.record({
  topic: fc
    .string({ minLength: 1, maxLength: 40, unit: 'grapheme' })
    .filter((topic) => !topic.includes('\0')),
  payload: fc.uint8Array({ maxLength: 500 }),
  qos: fc.constantFrom(0 as const, 1 as const, 2 as const),
  messageId: fc.integer({ min: 1, max: 65_535 }),
  retain: fc.boolean(),
  dup: fc.boolean(),
})

test('however the bytes are cut, the packets that were written are read', () => {
  fc.assert(
    fc.property(
      fc.array(anyPublish, { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 97 }), { minLength: 1 }),
      (packets, sizes) => {
        const bytes = Buffer.concat(
          packets.map((packet) =>
            generate({ cmd: 'publish', ...packet, payload: Buffer.from(packet.payload) }),
          ),
        )
        const reader = new FrameReader(10_000)
        const frames: Buffer[] = []
        for (let at = 0, piece = 0; at < bytes.length; piece++) {
          const size = sizes[piece % sizes.length]!
          frames.push(...reader.read(bytes.subarray(at, at + size)))
          at += size
        }
        expect(frames.map(typeOf)).toEqual(packets.map(() => 3))
        expect(frames.map(readPublish)).toEqual(
          packets.map(({ topic, payload, qos, messageId, retain, dup }) => ({
            topic: Buffer.from(topic).toString(),
            payload: Buffer.from(payload),
            qos,
            retain,
            dup,
            messageId: qos > 0 ? messageId : undefined,
          })),
        )
      },
    ),
  )
})

test('a megabyte that comes in small pieces is put together in a moment', () => {
  const whole = generate({
    cmd: 'publish',
    topic: 't',
    payload: Buffer.alloc(1_000_000, 7),
    qos: 0,
    retain: false,
    dup: false,
  })
  const reader = new FrameReader(2_000_000)
  const frames: Buffer[] = []
  const since = performance.now()
  for (let at = 0; at < whole.length; at += 20) frames.push(...reader.read(whole.subarray(at, at + 20)))
  expect(frames).toHaveLength(1)
  expect(frames[0]!.equals(whole)).toBe(true)
  expect(performance.now() - since).toBeLessThan(3_000)
})

test('a packet that is too large is refused by its header', () => {
  const reader = new FrameReader(1_000)
  expect(() => reader.read(Buffer.from([0x30, 0xe9, 0x07]))).toThrow('a packet of 1004 bytes; at most 1000')
})

test.each([
  ['a length of five bytes', [0x30, 0xff, 0xff, 0xff, 0xff, 0x01]],
  ['a topic longer than its packet', [0x30, 0x03, 0x00, 0x09, 0x61]],
  ['no room for a packet id', [0x32, 0x03, 0x00, 0x01, 0x61]],
  ['QoS 3', [0x36, 0x05, 0x00, 0x01, 0x61, 0x00, 0x01]],
  ['nothing in it', [0x30, 0x00]],
])('a PUBLISH with %s is malformed', (_what, bytes) => {
  const read = () => new FrameReader(1_000).read(Buffer.from(bytes)).map(readPublish)
  expect(read).toThrow(/more than four bytes|cannot be read/)
})
