import { expect, test } from 'vitest'
import { LateHours } from '../../../server/feed/late-hours.ts'
import { Rate } from '../../../server/feed/rates.ts'
import { isVisibleIn, parseSnapshot } from '../../../server/feed/visibility.ts'

test.each<[string, string, bigint, boolean]>([
  ['what ended before the oldest running transaction was seen', '10:20:12,15', 9n, true],
  ['what was running was not', '10:20:12,15', 12n, false],
  ['what ended between running ones was', '10:20:12,15', 13n, true],
  ['what began later was not', '10:20:12,15', 20n, false],
  ['without running transactions all before the next was seen', '10:10:', 9n, true],
  ['numbers beyond 2^53 are compared exactly', '9007199254740993:9007199254740993:', 9007199254740992n, true],
])('%s', (_, snapshot, transaction, visible) => {
  expect(isVisibleIn(parseSnapshot(snapshot), transaction)).toBe(visible)
})

test('a rate is of the last ten whole seconds and falls to nothing in silence', () => {
  const rate = new Rate()
  for (let second = 0; second < 30; second++) rate.add(100, 1_000_000 + second * 1000)
  expect(rate.perSecond(1_030_000)).toBe(100)
  expect(rate.perSecond(1_035_000)).toBe(50)
  expect(rate.perSecond(1_060_000)).toBe(0)
})

test('late hours are given once, oldest first', () => {
  const hours = new LateHours()
  for (const moment of [7_300_000, 100, 3_700_000, 7_200_001]) hours.add(moment)
  expect(hours.take()).toEqual([0, 3_600_000, 7_200_000])
  expect(hours.take()).toEqual([])
})
