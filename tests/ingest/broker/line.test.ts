import { generate } from 'mqtt-packet'
import { describe, expect, test } from 'vitest'
import { BacklogRoom } from '../../../ingest/broker/backlog.ts'
import { typeOf } from '../../../ingest/broker/frames.ts'
import { Line, type Passing } from '../../../ingest/broker/line.ts'

const publish = (n: number, qos: 0 | 1 = 1, bytes = 20) =>
  generate({
    cmd: 'publish',
    topic: `t/${n}`,
    payload: Buffer.alloc(bytes),
    qos,
    messageId: 1 + (n % 65_535),
    retain: false,
    dup: false,
  })
const start = (count: number, mostBytes = 100_000_000) => {
  const room = new BacklogRoom(mostBytes)
  const line = new Line(room)
  for (let n = 0; n < count; n++) line.add(publish(n), true)
  return { line, room }
}
/** Everything that may be under way now, held. */
const hold = (line: Line): Passing[] => {
  const held: Passing[] = []
  for (let packet = line.firstNew(); packet; packet = line.firstNew()) {
    packet.state = 'held'
    held.push(packet)
  }
  return held
}
const topics = (packets: Passing[]) => packets.map((packet) => packet.publish!.topic)

describe('one connection', () => {
  test('has a thousand messages under way at most; the next go on as the first are done, in order', () => {
    const { line } = start(2_500)
    const first = hold(line)
    expect(first).toHaveLength(1_000)
    expect(line.release()).toBeUndefined()
    for (const packet of first.slice(0, 300)) packet.state = 'free'
    expect(line.release()).toHaveLength(300)
    const next = hold(line)
    expect(topics(next)).toEqual(Array.from({ length: 300 }, (_, n) => `t/${1_000 + n}`))
  })

  test('has a megabyte under way at most, and always one message', () => {
    const line = new Line(new BacklogRoom(100_000_000))
    for (let n = 0; n < 5; n++) line.add(publish(n, 1, 700_000), true)
    expect(hold(line)).toHaveLength(2)
  })

  test('is too long with two megabytes waiting, and short again with one', () => {
    const { line } = start(1_000)
    for (let n = 0; !line.tooLong; n++) line.add(publish(n, 1, 10_000), true)
    expect(line.short).toBe(false)
    while (!line.short) {
      for (const packet of hold(line)) packet.state = 'free'
      line.release()
    }
    expect(line.tooLong).toBe(false)
  })

  test('has a fair share of four kilobytes even when all connections together have used up the room', () => {
    const { room } = start(3_000, 50_000)
    expect(room.full).toBe(true)
    const quiet = new Line(room)
    for (let n = 0; n < 40; n++) quiet.add(publish(n), false)
    expect(quiet.tooLong).toBe(false)
    for (let n = 0; n < 200; n++) quiet.add(publish(n), false)
    expect(quiet.tooLong).toBe(true)
  })
})

test('what is forgotten are messages only: a DISCONNECT behind them keeps its place', () => {
  const { line, room } = start(1_002)
  hold(line)
  line.add(publish(1, 0), true)
  line.add(generate({ cmd: 'disconnect' }), true)
  expect(line.forgetNew()).toBe(1)
  expect(room.used).toBe(0)
  expect(line.empty).toBe(false)
  expect(line.firstNew()).toBeUndefined()
})

test('after everything held is done the DISCONNECT comes out', () => {
  const { line } = start(3)
  const held = hold(line)
  line.add(publish(3), false)
  line.add(generate({ cmd: 'disconnect' }), false)
  line.forgetNew()
  for (const packet of held) packet.state = 'free'
  expect(line.release()!.map(typeOf)).toEqual([3, 3, 3, 14])
  expect(line.empty).toBe(true)
})
