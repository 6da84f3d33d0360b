import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fairShare, sessionFilters, sessionNames } from '../../../ingest/sessions/session-names.ts'

test('one session has the plain name and the plain filters', () => {
  expect(sessionNames('ioc-ingest', 1)).toEqual(['ioc-ingest'])
  expect(sessionFilters('ioc-ingest', 1, ['ioc/v1/#', '$share/g/x/#'])).toEqual(['ioc/v1/#', '$share/g/x/#'])
})

test('several sessions are numbered and share every filter that is not shared already', () => {
  expect(sessionNames('ioc', 3)).toEqual(['ioc-1', 'ioc-2', 'ioc-3'])
  expect(sessionFilters('ioc', 3, ['ioc/v1/#', '$share/g/x/#'])).toEqual([
    '$share/ioc/ioc/v1/#',
    '$share/g/x/#',
  ])
})

test('whatever the numbers, shares add up to all sessions and differ by one at most', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 100 }), (sessions, workers) => {
      const shares = Array.from({ length: workers }, (_, at) => fairShare(sessions, workers, at))
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(sessions)
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1)
    }),
  )
})
