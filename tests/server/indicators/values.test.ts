import { expect, test } from 'vitest'
import { Catalogue, DayLimits } from '../../../server/indicators/catalogue.ts'
import { indicatorValue, isNews } from '../../../server/indicators/values.ts'
import type { Sum } from '../../../shared/domain/ratio.ts'
import { at, DAY } from './schools.ts'

const catalogue = new Catalogue()
const limits = new DayLimits([], DAY)

function shownOf(
  indicator: string,
  period: 'morning' | 'day' | 'now',
  sum: Sum,
  more: { reporting?: number; expected?: number; previous?: Sum; now?: number } = {},
) {
  const key = catalogue.key(indicator, period)
  const { reporting = 10, expected = 10, previous, now = at('09:00') } = more
  return indicatorValue(
    key,
    { sum, coverage: { reporting, expected }, previous, dataAt: 0 },
    limits.of(key.entry, null),
    DAY,
    now,
  )
}

const sum = (numerator: number, denominator: number) => ({ numerator, denominator })

test.each<[string, ReturnType<typeof shownOf>, object]>([
  [
    'at the limit a rate is still well',
    shownOf('attendance-rate', 'morning', sum(970, 1000)),
    { value: 97, status: 'ok' },
  ],
  ['below it, it warns', shownOf('attendance-rate', 'morning', sum(969, 1000)), { status: 'warning' }],
  [
    'below the second, it is critical',
    shownOf('attendance-rate', 'morning', sum(949, 1000)),
    { status: 'critical' },
  ],
  [
    'nobody expected: not applicable',
    shownOf('attendance-rate', 'morning', sum(0, 0), { reporting: 0, expected: 0 }),
    { status: 'not_applicable', value: null, numerator: null },
  ],
  [
    'less than half reporting: no judgement',
    shownOf('attendance-rate', 'morning', sum(10, 100), { reporting: 4 }),
    { status: 'insufficient', value: 10 },
  ],
  [
    'a group of fewer than ten is hidden',
    shownOf('attendance-rate', 'morning', sum(5, 9)),
    { status: 'suppressed', value: null, numerator: null, denominator: null },
  ],
  [
    'fewer than five absent are hidden',
    shownOf('absence-unexcused-rate', 'morning', sum(3, 900)),
    { status: 'suppressed', value: null },
  ],
  [
    'nobody absent is not hidden',
    shownOf('absence-unexcused-rate', 'morning', sum(0, 900)),
    { status: 'ok', value: 0 },
  ],
  ['things are never hidden', shownOf('device-online-rate', 'now', sum(1, 3)), { status: 'critical' }],
  [
    'a small group of last week is hidden too',
    shownOf('attendance-rate', 'morning', sum(970, 1000), { previous: sum(6, 8) }),
    { previous: null },
  ],
  [
    'last week is a ratio of its own sums',
    shownOf('attendance-rate', 'morning', sum(970, 1000), { previous: sum(450, 500) }),
    { previous: 90 },
  ],
  [
    'before the deadline missing rolls are not missing',
    shownOf('roll-completeness', 'morning', sum(10, 100), { now: at('07:59') }),
    { status: 'ok', value: 10 },
  ],
  [
    'from the deadline on they are',
    shownOf('roll-completeness', 'morning', sum(10, 100), { now: at('08:00') }),
    { status: 'critical' },
  ],
  [
    'one room over the limit warns',
    shownOf('co2-rooms-over', 'now', sum(1, 500)),
    { status: 'warning', value: 1 },
  ],
  [
    'alarm level 2 is critical',
    shownOf('flood-alarm-level', 'now', sum(2, 1)),
    { status: 'critical', value: 2 },
  ],
  ['10 cm in the yard are not over 10 cm', shownOf('yard-water-depth', 'now', sum(10, 1)), { status: 'ok' }],
])('%s', (_, value, expected) => {
  expect(value).toMatchObject(expected)
})

test('thresholds of the table replace those of the catalogue, for a level of schools where it has them', () => {
  const base = { indicator: 'attendance-rate', source: 'x', validTo: null }
  const day = new DayLimits(
    [
      { ...base, schoolLevel: null, warning: 96, critical: 94, validFrom: '2022-01-01' },
      { ...base, schoolLevel: null, warning: 98, critical: 97, validFrom: '2026-12-01' },
      { ...base, schoolLevel: 'preschool', warning: 90, critical: 85, validFrom: '2022-01-01' },
    ],
    DAY,
  )
  const { entry } = catalogue.key('attendance-rate', 'morning')
  expect(day.of(entry, null)).toMatchObject({ warning: 96, critical: 94 })
  expect(day.of(entry, 'preschool')).toMatchObject({ warning: 90, critical: 85 })
  expect(day.of(entry, 'primary')).toMatchObject({ warning: 96 })
  expect(day.definitions([entry])[0]).toMatchObject({ warning: 96, critical: 94 })
})

test('a value is news when it looks different, or when its data are newer by a refresh', () => {
  const shown = shownOf('attendance-rate', 'morning', sum(970, 1000))
  const later = { ...shown, computedAt: new Date(at('09:01')).toISOString() }
  expect(isNews(shown, later, 10)).toBe(false)
  expect(isNews(shown, { ...later, numerator: 971 }, 10)).toBe(true)
  const aged = (seconds: number) => ({
    ...shown,
    dataAt: new Date(at('09:00') + seconds * 1000).toISOString(),
  })
  expect(isNews(aged(0), aged(9), 10)).toBe(false)
  expect(isNews(aged(0), aged(10), 10)).toBe(true)
})
