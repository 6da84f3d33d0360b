import { expect, test } from 'vitest'
import {
  addDays,
  dayOf,
  minuteOfDay,
  momentOf,
  slotOf,
  startOfDay,
  weekdayOf,
} from '../../../shared/domain/time.ts'

test('the day of the province begins at 17:00 UTC of the day before', () => {
  expect(dayOf(Date.parse('2026-11-22T16:59:59.999Z'))).toBe('2026-11-22')
  expect(dayOf(Date.parse('2026-11-22T17:00:00.000Z'))).toBe('2026-11-23')
  expect(startOfDay('2026-11-23')).toBe(Date.parse('2026-11-22T17:00:00Z'))
})

test('clock times are of the province', () => {
  expect(momentOf('2026-11-23', '07:15')).toBe(Date.parse('2026-11-23T00:15:00Z'))
  expect(minuteOfDay(Date.parse('2026-11-23T00:15:30Z'))).toBe(435.5)
})

test('weekdays are ISO: Monday 1, Sunday 7', () => {
  expect(['2026-11-23', '2026-11-28', '2026-11-29'].map(weekdayOf)).toEqual([1, 6, 7])
})

test('days add across months and years', () => {
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
  expect(addDays('2026-03-01', -1)).toBe('2026-02-28')
})

test('slots are of five minutes', () => {
  expect(slotOf(Date.parse('2026-11-23T00:04:59.999Z'))).toBe(Date.parse('2026-11-23T00:00:00Z'))
})
