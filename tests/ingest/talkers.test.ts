import { expect, test } from 'vitest'
import { IngestMetrics } from '../../ingest/metrics.ts'
import { Talkers } from '../../ingest/talkers.ts'
import { message } from './messages.ts'

function start() {
  const clock = { at: 0, now: () => clock.at }
  return { clock, talkers: new Talkers(clock) }
}

test('the busiest topic comes first, with its rate; twenty are shown', () => {
  const { clock, talkers } = start()
  for (let n = 0; n < 30_000; n++) talkers.heard(`ioc/v1/TH-01/telemetry/room-${n % 300}`)
  for (let n = 0; n < 20_000; n++) talkers.heard('ioc/v1/TH-02/telemetry/room-1')
  clock.at = 20_000
  const busiest = talkers.busiest()
  expect(busiest).toHaveLength(20)
  expect(busiest[0]).toEqual({ topic: 'ioc/v1/TH-02/telemetry/room-1', messagesPerSecond: 1_000 })
  expect(busiest[1]!.messagesPerSecond).toBe(5)
})

test('a young minute shows the one before; after that a topic that fell silent is gone', () => {
  const { clock, talkers } = start()
  for (let n = 0; n < 600; n++) talkers.heard('loud')
  clock.at = 60_000
  talkers.heard('quiet')
  expect(talkers.busiest()).toEqual([{ topic: 'loud', messagesPerSecond: 10 }])
  clock.at = 80_000
  expect(talkers.busiest()).toEqual([{ topic: 'quiet', messagesPerSecond: 0.05 }])
})

test('topics without end do not take memory without end', () => {
  const { talkers } = start()
  for (let n = 0; n < 60_000; n++) talkers.heard(`rubbish/${n}`)
  talkers.heard('x'.repeat(60_000))
  const busiest = talkers.busiest()
  expect(busiest[0]).toEqual({ topic: '(others)', messagesPerSecond: 10_001 })
  expect(Math.max(...busiest.map(({ topic }) => topic.length))).toBeLessThanOrEqual(101)
})

test('the busiest are metrics, each time anew', async () => {
  const metrics = new IngestMetrics('0.0.0')
  for (let n = 0; n < 50; n++) metrics.taken(message('a/"quoted"\ntopic', 'x'))
  for (let time = 0; time < 2; time++) {
    const lines = (await metrics.registry.metrics()).split('\n')
    expect(lines.filter((line) => line.startsWith('ioc_ingest_talker_messages_per_second{'))).toEqual([
      'ioc_ingest_talker_messages_per_second{topic="a/\\"quoted\\"\\ntopic"} 50',
    ])
  }
})
