import fc from 'fast-check'
import { generate } from 'mqtt-packet'
import { expect, test } from 'vitest'
import { Backlog, BacklogRoom } from '../../../ingest/broker/backlog.ts'

const packet = (size: number) =>
  generate({
    cmd: 'publish',
    topic: 't',
    payload: Buffer.alloc(size, size % 251),
    qos: 1,
    messageId: (size % 65_535) + 1,
    retain: false,
    dup: false,
  })

/** Comparing byte by byte as toEqual does takes far longer. */
const expectSame = (found: Buffer | undefined, wanted: Buffer | undefined) =>
  expect(found === wanted || found?.equals(wanted ?? Buffer.alloc(0))).toBe(true)

test('whatever goes in comes out, in order, and the memory of all backlogs together is counted', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(1), fc.oneof(fc.nat(300), fc.constant(-1), fc.constant(40_000))), {
        maxLength: 200,
      }),
      (steps) => {
        const room = new BacklogRoom(1_000_000)
        const backlogs = [new Backlog(room), new Backlog(room)]
        const expected: Buffer[][] = [[], []]
        for (const [which, size] of steps) {
          if (size < 0) expectSame(backlogs[which]!.take(), expected[which]!.shift())
          else {
            backlogs[which]!.add(packet(size))
            expected[which]!.push(packet(size))
          }
          expect(backlogs[which]!.empty).toBe(expected[which]!.length === 0)
          expect(room.used).toBe(backlogs[0]!.bytes + backlogs[1]!.bytes)
        }
        backlogs.forEach((backlog, which) => {
          for (const wanted of expected[which]!) expectSame(backlog.take(), wanted)
          expect(backlog.take()).toBeUndefined()
        })
        expect(room.used).toBe(0)
      },
    ),
  )
})

test('a waiting packet takes little more memory than its bytes', () => {
  const room = new BacklogRoom(1_000_000)
  const backlog = new Backlog(room)
  for (let n = 0; n < 600; n++) backlog.add(packet(110))
  const bytes = 600 * packet(110).length
  expect(backlog.bytes).toBeGreaterThanOrEqual(bytes)
  expect(backlog.bytes).toBeLessThan(bytes + 2 * 16_384)
})
