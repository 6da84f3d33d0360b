import { expect, test } from 'vitest'
import type { CalendarEntry } from '../../../shared/domain/calendar.ts'
import { chooseDemoClock, type DemoClockQuestion } from '../../../shared/domain/demo-clock.ts'
import { dayOf } from '../../../shared/domain/time.ts'

const calendar: CalendarEntry[] = [
  { kind: 'term', firstDay: '2026-09-05', lastDay: '2027-05-31', area: null },
  { kind: 'holiday', firstDay: '2026-11-24', lastDay: '2026-11-24', area: null },
]
const at = (text: string) => Date.parse(`${text}+07:00`)
const choose = (question: Partial<DemoClockQuestion> & { now: number }) =>
  chooseDemoClock({ newestStored: undefined, calendar, speed: 1, startTime: undefined, ...question })
const shownAtStart = (question: Partial<DemoClockQuestion> & { now: number }) =>
  new Date(choose(question).setting.shown + 7 * 3_600_000).toISOString().slice(0, 19)

const REAL = { real: 0, shown: 0, speed: 1 }

test('in school hours of a school day with nothing newer stored, the clock is the real one', () => {
  expect(choose({ now: at('2026-11-23T06:30:00') }).setting).toEqual(REAL)
  expect(choose({ now: at('2026-11-23T16:59:00'), newestStored: at('2026-11-23T16:58:00') }).setting).toEqual(
    REAL,
  )
})

test.each([
  ['before school', '2026-11-23T06:29:00', '2026-11-20T07:20:00'],
  ['after school', '2026-11-23T17:00:00', '2026-11-23T07:20:00'],
  ['on a Saturday', '2026-11-21T09:00:00', '2026-11-20T07:20:00'],
  ['on a Sunday', '2026-11-22T09:00:00', '2026-11-20T07:20:00'],
  ['on a holiday', '2026-11-24T09:00:00', '2026-11-23T07:20:00'],
  ['in the summer, when no school day came before', '2026-08-01T09:00:00', '2026-09-07T07:20:00'],
])('%s the first run shows the latest full school day at 07:20', (_, now, shown) => {
  expect(shownAtStart({ now: at(now) })).toBe(shown)
})

test('after an evening stop the simulated day goes on one second after its newest record', () => {
  const newestStored = at('2026-11-23T10:15:20')
  expect(shownAtStart({ now: at('2026-11-23T21:00:00'), newestStored })).toBe('2026-11-23T10:15:21')
})

test('records in the future of real time keep the clock simulated even in school hours', () => {
  const newestStored = at('2026-11-23T11:00:00')
  expect(shownAtStart({ now: at('2026-11-23T09:00:00'), newestStored })).toBe('2026-11-23T11:00:01')
})

test('a shown day that is over is followed by the next school day, past holidays and weekends', () => {
  const now = at('2026-11-23T20:00:00')
  expect(shownAtStart({ now, newestStored: at('2026-11-23T16:30:00') })).toBe('2026-11-25T07:20:00')
  expect(shownAtStart({ now, newestStored: at('2026-11-27T18:00:00') })).toBe('2026-11-30T07:20:00')
})

test('an old store is left behind: the latest school day is shown, not the one after the old data', () => {
  const newestStored = at('2026-10-02T18:00:00')
  expect(shownAtStart({ now: at('2026-11-23T20:00:00'), newestStored })).toBe('2026-11-23T07:20:00')
})

test('a chosen time of day or speed takes the place of the real clock and of continuing', () => {
  const now = at('2026-11-23T09:00:00')
  expect(shownAtStart({ now, startTime: '13:30' })).toBe('2026-11-20T13:30:00')
  expect(shownAtStart({ now, startTime: '08:10' })).toBe('2026-11-23T08:10:00')
  expect(choose({ now, speed: 60 }).setting).toMatchObject({ real: now, speed: 60 })
  const newestStored = at('2026-11-23T08:00:00')
  expect(shownAtStart({ now, newestStored, startTime: '07:30' })).toBe('2026-11-25T07:30:00')
})

test('the clock never starts before the newest record, whatever the day and hour', () => {
  for (let hour = 0; hour < 24 * 21; hour += 5) {
    for (const offset of [-400, -30, -3, 0, 3, 50]) {
      const now = at('2026-11-10T00:00:00') + hour * 3_600_000
      const newestStored = now + offset * 3_600_000
      const { setting } = choose({ now, newestStored })
      const shown = setting.shown + (now - setting.real) * setting.speed
      expect(shown).toBeGreaterThanOrEqual(newestStored)
    }
  }
})

test('when the calendar has no school day left, the clock goes on from now and says so', () => {
  const now = at('2027-06-20T09:00:00')
  const clock = chooseDemoClock({
    now,
    newestStored: undefined,
    calendar: [],
    speed: 1,
    startTime: undefined,
  })
  expect(dayOf(clock.setting.shown)).toBe('2027-06-20')
  expect(clock.why).toContain('no school day')
})
