import { describe, expect, test } from 'vitest'
import { type FreshnessQuestion, freshnessOf } from '../../../client/lib/freshness.ts'
import type { Period } from '../../../shared/contract/indicator.ts'
import { momentOf } from '../../../shared/domain/time.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const at = (time: string) => momentOf('2026-11-23', time)

/** A measured value of the day, all of it fresh. */
function question(
  given: Partial<FreshnessQuestion> & { period?: Period; dataAt?: number } = {},
): FreshnessQuestion {
  const { period = 'day', dataAt, ...rest } = given
  const now = rest.now ?? at('09:42')
  return {
    now,
    speed: 1,
    linkLostSince: undefined,
    databaseReachable: true,
    newestDataAt: now,
    refreshSeconds: 60,
    value: { period, value: 97, dataAt: new Date(dataAt ?? now).toISOString() },
    ...rest,
  }
}

describe('a value from a source with a cadence of five minutes', () => {
  test.each([
    [7.5 * MINUTE, 'fresh'],
    [7.5 * MINUTE + 1, 'ageing'],
    [15 * MINUTE, 'ageing'],
    [15 * MINUTE + 1, 'stale'],
  ])('that fell silent %d ms ago is %s', (age, level) => {
    const given = question({ dataAt: at('09:42') - age })
    expect(freshnessOf(given)).toMatchObject({
      level,
      ...(level === 'fresh' ? {} : { cause: 'source', age }),
    })
  })

  test('ages by its refresh where that is longer than a slot', () => {
    const dataAt = at('09:42') - 16 * MINUTE
    expect(freshnessOf(question({ dataAt, refreshSeconds: 600 })).level).toBe('ageing')
  })

  test('is not old when lessons have just begun, and not after they are over', () => {
    expect(freshnessOf(question({ now: at('13:50'), dataAt: at('11:15') })).level).toBe('fresh')
    expect(freshnessOf(question({ now: at('14:05'), dataAt: at('11:15') })).level).toBe('stale')
    expect(freshnessOf(question({ now: at('20:00'), dataAt: at('17:00') })).level).toBe('fresh')
  })

  test('that is an instant ages day and night', () => {
    const given = question({ now: at('02:00'), period: 'now', dataAt: at('01:00') })
    expect(freshnessOf(given)).toEqual({ level: 'stale', cause: 'source', age: 60 * MINUTE })
  })
})

describe('rolls', () => {
  test('are as fresh as the feed, however long ago the last one came', () => {
    expect(freshnessOf(question({ period: 'morning', dataAt: at('07:55') })).level).toBe('fresh')
  })

  test('of a session that is over stay, when the schools fall silent for the night', () => {
    const given = { period: 'morning' as const, dataAt: at('07:55'), newestDataAt: at('17:30') }
    expect(freshnessOf(question({ ...given, now: at('21:00') })).level).toBe('fresh')
  })
})

describe('the feed', () => {
  test.each([
    [90 * SECOND, 'fresh'],
    [90 * SECOND + 1, 'ageing'],
    [180 * SECOND, 'ageing'],
    [180 * SECOND + 1, 'stale'],
  ])('silent for %d ms makes a value of a running session %s', (age, level) => {
    const given = question({ period: 'morning', newestDataAt: at('09:42') - age })
    expect(freshnessOf(given)).toMatchObject({ level })
  })

  test('is old when the server cannot read its database', () => {
    const given = question({ databaseReachable: false, newestDataAt: at('09:41') })
    expect(freshnessOf(given)).toEqual({ level: 'stale', cause: 'feed', age: MINUTE })
  })

  test('has more time on a fast clock, because the waiting is real', () => {
    const age = { newestDataAt: at('09:42') - 20 * MINUTE, dataAt: at('09:42') - 20 * MINUTE }
    expect(freshnessOf(question({ ...age, speed: 60 })).level).toBe('fresh')
    expect(freshnessOf(question({ ...age, speed: 1 })).level).toBe('stale')
  })
})

describe('the link', () => {
  test('once lost makes everything stale since the last contact, settled figures too', () => {
    const given = question({ now: at('21:00'), period: 'morning', linkLostSince: at('18:45') })
    expect(freshnessOf(given)).toEqual({ level: 'stale', cause: 'link', age: 135 * MINUTE })
  })

  test('does not age a value that is not there', () => {
    const given = question({ linkLostSince: at('08:00') })
    expect(freshnessOf({ ...given, value: { ...given.value, value: null } }).level).toBe('fresh')
  })
})

test('a record from ahead of the clock is of now', () => {
  expect(freshnessOf(question({ dataAt: at('09:45') }))).toEqual({ level: 'fresh', cause: null, age: 0 })
})
