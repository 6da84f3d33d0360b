import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { IndicatorStatus } from '../../../shared/contract/indicator.ts'
import { combineSums, isSmallCell, shownValue, statusOf } from '../../../shared/domain/ratio.ts'

const limits = { better: 'higher', warning: 97, critical: 95, inclusive: false } as const
const full = { reporting: 10, expected: 10 }

test('a ratio of sums is not the mean of ratios', () => {
  const sum = combineSums('ratio', [
    { numerator: 1, denominator: 2 },
    { numerator: 98, denominator: 98 },
  ])
  expect(shownValue('ratio', sum)).toBe(99)
})

test('nothing to count is null, never 0', () => {
  expect(shownValue('ratio', combineSums('ratio', []))).toBeNull()
  expect(shownValue('max', combineSums('max', [{ numerator: 0, denominator: 0 }]))).toBeNull()
})

test('the maximum of negative levels is the largest of them', () => {
  const sums = [-0.4, -0.2].map((numerator) => ({ numerator, denominator: 1 }))
  expect(shownValue('max', combineSums('max', sums))).toBe(-0.2)
})

test('adding up in any grouping gives the same', () => {
  const Sum = fc.record({
    numerator: fc.integer({ min: 0, max: 1000 }),
    denominator: fc.integer({ min: 0, max: 1000 }),
  })
  fc.assert(
    fc.property(fc.constantFrom('ratio', 'count', 'max'), fc.array(fc.array(Sum)), (how, groups) => {
      const direct = combineSums(how, groups.flat())
      expect(
        combineSums(
          how,
          groups.map((group) => combineSums(how, group)),
        ),
      ).toEqual(direct)
    }),
  )
})

test.each([
  [{ numerator: 4, denominator: 100 }, true, 'four absent children'],
  [{ numerator: 96, denominator: 100 }, true, 'the complement is four'],
  [{ numerator: 0, denominator: 100 }, false, 'nobody'],
  [{ numerator: 100, denominator: 100 }, false, 'everybody'],
  [{ numerator: 5, denominator: 100 }, false, 'five may be shown'],
  [{ numerator: 5, denominator: 9 }, true, 'a group under ten'],
  [{ numerator: 0, denominator: 0 }, false, 'nothing applies'],
])('%o is a small cell: %s (%s)', (sum, small) => {
  expect(isSmallCell(sum)).toBe(small)
})

const floodLimits = { better: 'lower', warning: 1, critical: 2, inclusive: true } as const
type StatusCase = [
  value: number | null,
  limits: Parameters<typeof statusOf>[1],
  coverage: { reporting: number; expected: number },
  suppressed: boolean,
  status: IndicatorStatus,
  why: string,
]
test.each<StatusCase>([
  [97, limits, full, false, 'ok', 'the limit itself still passes'],
  [96.99, limits, full, false, 'warning', 'below it warns'],
  [94.9, limits, full, false, 'critical', 'below the lower one is critical'],
  [50, limits, { reporting: 4, expected: 10 }, false, 'insufficient', 'less than half reported'],
  [null, limits, { reporting: 0, expected: 10 }, false, 'insufficient', 'nobody reported'],
  [null, limits, { reporting: 0, expected: 0 }, false, 'not_applicable', 'nobody was expected'],
  [99, limits, full, true, 'suppressed', 'a small cell'],
  [1, floodLimits, full, false, 'warning', 'alarm level 1 is reached at 1'],
  [2, floodLimits, full, false, 'critical', 'alarm level 2 is critical'],
])('%s with %o and %o (suppressed: %s) is %s: %s', (value, given, coverage, suppressed, status) => {
  expect(statusOf(value, given, coverage, suppressed)).toBe(status)
})
