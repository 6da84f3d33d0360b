import { describe, expect, test } from 'vitest'
import { reconnectDelay } from '../../../client/live/backoff.ts'
import { LOST_AFTER_MS, linkState } from '../../../client/live/link.ts'
import { afterBeat, shownAt } from '../../../client/live/shown-clock.ts'

describe('the link', () => {
  const openedAt = 1_000_000

  test('is being made until something comes, and after ten seconds it is lost without ever having been', () => {
    const contact = { openedAt, lastAt: undefined }
    expect(linkState(contact, openedAt + 9_999)).toEqual({ kind: 'connecting' })
    expect(linkState(contact, openedAt + 10_000)).toEqual({ kind: 'lost', lastAt: undefined, forMs: 10_000 })
  })

  test('lives through one missing beat and is lost at the second', () => {
    const lastAt = openedAt + 60_000
    const contact = { openedAt, lastAt }
    expect(linkState(contact, lastAt + 5_100).kind).toBe('live')
    expect(linkState(contact, lastAt + LOST_AFTER_MS - 1).kind).toBe('live')
    expect(linkState(contact, lastAt + LOST_AFTER_MS)).toEqual({ kind: 'lost', lastAt, forMs: 10_000 })
  })

  test('names the last contact however long ago it was', () => {
    expect(linkState({ openedAt, lastAt: openedAt }, openedAt + 43_200_000)).toEqual({
      kind: 'lost',
      lastAt: openedAt,
      forMs: 43_200_000,
    })
  })
})

describe('the wait before an attempt', () => {
  test('is from one to ten seconds, for ever', () => {
    for (const attempt of [0, 1, 2, 3, 50, 100_000]) {
      expect(reconnectDelay(attempt, 0)).toBe(1_000)
      expect(reconnectDelay(attempt, 0.999_999)).toBeLessThanOrEqual(10_000)
    }
    expect(reconnectDelay(100_000, 0.999_999)).toBeGreaterThan(9_900)
  })

  test('is spread over three seconds from the first, so that screens do not come back together', () => {
    expect(reconnectDelay(0, 0.999_999) - reconnectDelay(0, 0)).toBeCloseTo(3_000, 0)
  })
})

describe('the shown clock', () => {
  const report = { simulated: true, anchorReal: 5_000_000, anchorShown: 900_000_000, speed: 60 }

  test('runs at its speed from its anchor', () => {
    expect(shownAt({ report, skewMs: 0 }, 5_001_000)).toBe(900_060_000)
  })

  test('follows the server when the clock of this machine is wrong', () => {
    const wrongBy = -300_000
    const shown = 900_600_000
    const receivedAt = 5_010_000 + wrongBy
    const clock = afterBeat(report, shown, receivedAt)
    expect(shownAt(clock, receivedAt)).toBe(shown)
    expect(shownAt(clock, receivedAt + 2_000)).toBe(shown + 120_000)
  })

  test('is the real one where nothing is simulated', () => {
    const real = { simulated: false, anchorReal: 0, anchorShown: 0, speed: 1 }
    expect(shownAt(afterBeat(real, 1_780_000_000_000, 1_780_000_000_040), 1_780_000_001_040)).toBe(
      1_780_000_001_000,
    )
  })
})
