import { describe, expect, test } from 'vitest'
import { durationText, shortDurationText } from '../../../client/lib/duration.ts'
import { composed, createFormats } from '../../../client/lib/format.ts'
import { en } from '../../../client/lib/words.en.ts'
import { vi } from '../../../client/lib/words.vi.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const vietnamese = createFormats('vi')
const english = createFormats('en')

describe('numbers', () => {
  test('are written as the reader writes them', () => {
    expect(vietnamese.count(945_000)).toBe('945.000')
    expect(english.count(945_000)).toBe('945,000')
    expect(vietnamese.count(14.25, 1)).toBe('14,3')
    expect(vietnamese.percent(98.66)).toBe('98,7')
    expect(english.percent(98.66)).toBe('98.7')
  })

  test('a share is 0 or 100 only when it is exactly that', () => {
    expect(vietnamese.percent(100)).toBe('100')
    expect(vietnamese.percent(99.996)).toBe('99,9')
    expect(vietnamese.percent(0)).toBe('0')
    expect(vietnamese.percent(0.004)).toBe('0,1')
  })
})

describe('moments', () => {
  const moment = Date.parse('2026-11-22T18:05:09Z')

  test('are of the province, whatever the zone of the machine', () => {
    expect(vietnamese.dayAndTime(moment)).toBe('23/11/2026 01:05')
    expect(vietnamese.timeWithSeconds(moment)).toBe('01:05:09')
    expect(vi.weekdays[vietnamese.weekday(moment) - 1]).toBe('Thứ Hai')
    expect(en.weekdays[english.weekday(Date.parse('2026-11-22T10:00:00Z')) - 1]).toBe('Sunday')
  })
})

describe('lengths of time', () => {
  test.each([
    [9_400, '9 giây', '9 giây'],
    [12 * MINUTE + 40_000, '12 phút', '12 phút'],
    [2 * HOUR + 15 * MINUTE, '2 giờ 15 phút', '2 giờ'],
    [3 * HOUR, '3 giờ', '3 giờ'],
    [75 * HOUR, '3 ngày 3 giờ', '3 ngày'],
    [-5, '0 giây', '0 giây'],
  ])('%d ms are said as %s, in short %s', (length, long, short) => {
    expect(durationText(length, vi)).toBe(long)
    expect(shortDurationText(length, vi)).toBe(short)
  })

  test('in English too', () => {
    expect(durationText(2 * HOUR + 15 * MINUTE, en)).toBe('2 h 15 min')
    expect(durationText(24 * HOUR, en)).toBe('1 day')
  })
})

test('a decomposed name is shown composed', () => {
  expect(composed('Quỳnh Lưu'.normalize('NFD'))).toBe('Quỳnh Lưu'.normalize('NFC'))
})
