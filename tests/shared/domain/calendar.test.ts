import { describe, expect, test } from 'vitest'
import { calendarData } from '../../../shared/db/reference.ts'
import { type CalendarEntry, dayKind, sessionsOn } from '../../../shared/domain/calendar.ts'

const entries: CalendarEntry[] = calendarData().map((entry) => ({ ...entry, area: null }))
const rule = {
  session: 'morning' as const,
  weekdays: [1, 2, 3, 4, 5, 6],
  starts: '07:00',
  ends: '11:15',
  classes: 20,
  pupils: 700,
  validFrom: '2025-01-01',
  validTo: null,
}

describe('the shipped calendar', () => {
  test.each([
    ['2026-11-23', 'school', 'an ordinary Monday in term'],
    ['2026-11-24', 'off', 'Vietnam Culture Day, a holiday from 2026'],
    ['2025-11-24', 'school', 'the same day a year before'],
    ['2026-02-16', 'off', 'the Lunar New Year'],
    ['2026-07-15', 'off', 'summer: in no term'],
    ['2025-09-29', 'off', 'closed for storm Bualoi'],
  ])('%s is %s: %s', (day, kind) => {
    expect(dayKind(day, [1], entries)).toBe(kind)
  })
})

test('a school holds the sessions its own week has', () => {
  expect(sessionsOn('2026-11-28', [rule], [1], entries)).toHaveLength(1)
  expect(sessionsOn('2026-11-29', [rule], [1], entries)).toHaveLength(0)
})

test('a make-up day beats weekend and holiday, and holds every session', () => {
  const makeUp: CalendarEntry = { kind: 'make_up', firstDay: '2026-11-29', lastDay: '2026-11-29', area: 7 }
  expect(sessionsOn('2026-11-29', [rule], [7, 1], [...entries, makeUp])).toHaveLength(1)
  expect(sessionsOn('2026-11-29', [rule], [8, 1], [...entries, makeUp])).toHaveLength(0)
})

test('a closure of an area closes only what lies in it', () => {
  const storm: CalendarEntry = { kind: 'closure', firstDay: '2026-11-23', lastDay: '2026-11-23', area: 7 }
  expect(dayKind('2026-11-23', [7, 1], [...entries, storm])).toBe('off')
  expect(dayKind('2026-11-23', [8, 1], [...entries, storm])).toBe('school')
})

test('a rule counts only while it is valid', () => {
  expect(sessionsOn('2026-11-23', [{ ...rule, validTo: '2026-11-22' }], [1], entries)).toEqual([])
})
