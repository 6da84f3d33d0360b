import { expect, test } from 'vitest'
import { Backoff } from '../../../ingest/mqtt/backoff.ts'

test('waits double up to the longest, and start anew after a reset', () => {
  const backoff = new Backoff(250, 2_000, () => 0)
  expect(Array.from({ length: 6 }, () => backoff.next())).toEqual([250, 500, 1_000, 2_000, 2_000, 2_000])
  backoff.reset()
  expect(backoff.next()).toBe(250)
})

test('each wait is shortened by up to a half, so that many do not come back at once', () => {
  expect(new Backoff(1_000, 9_000, () => 0.999).next()).toBe(500)
})
