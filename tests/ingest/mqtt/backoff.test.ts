import { expect, test } from 'vitest'
import { Backoff } from '../../../ingest/mqtt/backoff.ts'
import { uniform } from '../../../ingest/simulator/random.ts'

test('waits double up to the longest, and start anew after a reset', () => {
  const backoff = new Backoff(250, 2_000, () => 0)
  expect(Array.from({ length: 6 }, () => backoff.next())).toEqual([250, 500, 1_000, 2_000, 2_000, 2_000])
  backoff.reset()
  expect(backoff.next()).toBe(250)
})

test('each wait is shortened by up to a half, so that many do not come back at once', () => {
  expect(new Backoff(1_000, 9_000, () => 0.999).next()).toBe(500)
})

/** Most attempts that fall into one second, after the first half minute, of 50 connections whose broker stays away. */
function busiestSecond(randomOf: (client: number) => () => number): number {
  const attempts: number[] = []
  for (let client = 0; client < 50; client++) {
    const backoff = new Backoff(250, 15_000, randomOf(client))
    for (let at = backoff.next(); at < 300_000; at += backoff.next()) if (at > 30_000) attempts.push(at)
  }
  attempts.sort((a, b) => a - b)
  return Math.max(
    ...attempts.map((start, from) => attempts.filter((at, to) => to >= from && at < start + 1_000).length),
  )
}

test('fifty connections of a broker that is away ask it in turn: no second sees more than a third of them', () => {
  const random = (client: number) => {
    let draw = 0
    return () => uniform(client, draw++)
  }
  expect(busiestSecond(random)).toBeLessThanOrEqual(17)
  // Without chance they would all come at once.
  expect(busiestSecond(() => () => 0)).toBe(50)
})
