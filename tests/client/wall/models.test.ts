import { describe, expect, test } from 'vitest'
import { createReader } from '../../../client/lib/reader.tsx'
import { valueView } from '../../../client/lib/value-view.ts'
import { sessionRoll, shareOf } from '../../../client/wall/attendance-model.ts'
import { legendSteps, mapCells } from '../../../client/wall/map-model.ts'
import { currentSession, shownPeriod } from '../../../client/wall/session.ts'
import type { IndicatorValue } from '../../../shared/contract/indicator.ts'
import { screenKey } from '../../../shared/domain/live-screen.ts'
import { momentOf } from '../../../shared/domain/time.ts'
import { areas, DAY, definitions, type Given, indicatorValue, SHOWN_AT } from '../../helpers/wall-province.ts'

const vi = createReader('vi')
const definition = (id: string) => definitions.find((one) => one.id === id)!
const fresh = { level: 'fresh', cause: null, age: 0 } as const
const table = (...values: IndicatorValue[]) =>
  new Map(values.map((value) => [screenKey(value.indicator, value.period), value]))

function view(id: string, given: Given, freshness: Parameters<typeof valueView>[0]['freshness'] = fresh) {
  const one = definition(id)
  const value = indicatorValue(id, one.periods[0]!, given)
  return valueView({ id, value, definition: one, freshness, shown: SHOWN_AT, room: 'wide' }, vi)
}

describe('what a tile says of a value', () => {
  test('is figure, unit, status, change, coverage and time', () => {
    expect(view('attendance-rate', { value: 97.86, previous: 97.46, reporting: 1480 })).toMatchObject({
      name: 'Chuyên cần',
      figure: '97,9',
      unit: '%',
      mark: { shape: 'ring', tone: 'normal' },
      statusWord: 'Đạt',
      change: { direction: 'up', text: '0,4 điểm' },
      coverage: '1.480/1.517',
      coverageUnit: 'trường',
      coverageLevel: 'full',
      dataTime: '09:42',
    })
  })

  test('is a dash and the reason where there is no value, never 0', () => {
    const { figure, unit, statusWord, change, dataTime } = view('attendance-rate', { value: null })
    expect({ figure, unit, statusWord, change, dataTime }).toEqual({
      figure: '—',
      unit: '',
      statusWord: 'Chưa đủ số liệu',
      change: undefined,
      dataTime: '',
    })
    expect(view('attendance-rate', { value: null, expected: 0 }).statusWord).toBe('Không áp dụng')
  })

  test('is hatched under 80 percent of schools and without colour under 50', () => {
    const levels = [1517, 1214, 1213, 759, 758].map((reporting) => {
      const { coverageLevel, mark } = view('attendance-rate', { value: 90, reporting })
      return [coverageLevel, mark.tone]
    })
    expect(levels).toEqual([
      ['full', 'critical'],
      ['full', 'critical'],
      ['thin', 'critical'],
      ['thin', 'critical'],
      ['poor', 'none'],
    ])
  })

  test('names its age once stale, in place of a status that may no longer hold', () => {
    const stale = view('attendance-rate', { value: 90 }, { level: 'stale', cause: 'link', age: 8_100_000 })
    expect(stale).toMatchObject({ mark: { shape: 'hatch' }, statusWord: 'Cũ · 2 giờ 15 phút' })
    const ageing = view('attendance-rate', { value: 90 }, { level: 'ageing', cause: 'feed', age: 120_000 })
    expect(ageing).toMatchObject({ statusWord: 'Nghiêm trọng', ageText: '2 phút' })
  })

  test('says that a value is as it was a week ago, and gives counts their unit', () => {
    expect(view('schools-open', { value: 99.21, previous: 99.19 }).change).toEqual({
      direction: undefined,
      text: 'không đổi',
    })
    expect(view('co2-rooms-over', { value: 3, previous: 12 }).change).toEqual({
      direction: 'down',
      text: '9 phòng',
    })
  })

  test('does not hold rolls still being taken against the complete ones of last week', () => {
    const rolls = definition('roll-completeness')
    const value = indicatorValue('roll-completeness', 'morning', { value: 43, previous: 99 })
    const question = { id: rolls.id, value, definition: rolls, freshness: fresh, room: 'wide' as const }
    expect(valueView({ ...question, shown: momentOf(DAY, '07:59') }, vi).change).toBeUndefined()
    expect(valueView({ ...question, shown: momentOf(DAY, '08:00') }, vi).change?.text).toBe('56 điểm')
  })

  test('has the day for data that are not of today', () => {
    expect(view('schools-open', { value: 99, at: momentOf('2026-11-20', '06:50') }).dataTime).toBe('20/11')
  })

  test('waits quietly for a server that has not spoken', () => {
    const question = { id: 'late-rate', value: undefined, definition: undefined, freshness: fresh }
    const waiting = valueView({ ...question, shown: SHOWN_AT, room: 'wide' }, vi)
    expect(waiting).toMatchObject({
      name: 'Đi muộn',
      figure: '—',
      statusWord: 'Đang chờ số liệu',
      coverage: '',
    })
  })
})

describe('the session a screen speaks of', () => {
  const before = table(indicatorValue('attendance-rate', 'afternoon', { value: null }))
  const begun = table(indicatorValue('attendance-rate', 'afternoon', { value: 97 }))

  test('is the morning until half past twelve, then the afternoon once its rolls come in', () => {
    expect(currentSession(momentOf(DAY, '12:29'), begun)).toBe('morning')
    expect(currentSession(momentOf(DAY, '12:30'), begun)).toBe('afternoon')
    expect(currentSession(momentOf(DAY, '13:30'), before)).toBe('morning')
    expect(currentSession(momentOf(DAY, '13:30'), undefined)).toBe('morning')
  })

  test('does not concern what is measured all day', () => {
    expect(shownPeriod(definition('attendance-rate'), 'afternoon')).toBe('afternoon')
    expect(shownPeriod(definition('co2-good-share'), 'afternoon')).toBe('day')
  })
})

describe('the pupils of a session', () => {
  const values = table(
    indicatorValue('attendance-rate', 'morning', { value: 97, numerator: 970, denominator: 1000 }),
    indicatorValue('late-rate', 'morning', { value: 2, numerator: 20, denominator: 970 }),
    indicatorValue('absence-excused-rate', 'morning', { value: 2, numerator: 20, denominator: 1000 }),
  )

  test('are read back from the sums, what is hidden staying unknown', () => {
    expect(sessionRoll('morning', values)).toEqual({
      session: 'morning',
      enrolled: 1000,
      present: 970,
      late: 20,
      excused: 20,
      unexcused: null,
    })
    expect(sessionRoll('afternoon', values).enrolled).toBeNull()
  })

  test('are shares of the enrolled, the late ones too', () => {
    expect(shareOf(20, 1000)).toBe(2)
    expect(shareOf(null, 1000)).toBeNull()
    expect(shareOf(20, null)).toBeNull()
  })
})

describe('the map', () => {
  const attendance = definition('attendance-rate')
  const screen = (values: Record<string, Given>) => ({
    stream: 's',
    seq: 1,
    tree: 'former-district' as const,
    area: '40',
    areas: new Map(
      Object.entries(values).map(([code, given]) => [
        code,
        table(indicatorValue('attendance-rate', 'morning', given)),
      ]),
    ),
    events: [],
    system: {} as never,
  })

  test('has the 21 former districts, each on its own tile', () => {
    const { cells, left } = mapCells(screen({}), areas, attendance, 'morning', vi)
    expect([cells.length, left]).toEqual([21, 0])
    expect(new Set(cells.map(({ row, col }) => `${row}:${col}`)).size).toBe(21)
    expect(cells.every(({ row, col }) => row >= 0 && row < 6 && col >= 0 && col < 6)).toBe(true)
    expect(cells.every(({ figure, step }) => figure === '—' && step === undefined)).toBe(true)
  })

  test('marks only what is abnormal, by shape and word', () => {
    const given = { '412': { value: 99.2 }, '413': { value: 96 }, '414': { value: 80 } }
    const { cells } = mapCells(screen(given), areas, attendance, 'morning', vi)
    const seen = Object.keys(given).map((code) => {
      const { figure, step, mark, statusWord } = cells.find((cell) => cell.code === code)!
      return [figure, step, mark?.shape, statusWord]
    })
    expect(seen).toEqual([
      ['99,2', 4, undefined, 'Đạt'],
      ['96,0', 1, 'triangle', 'Cảnh báo'],
      ['80,0', 0, 'diamond', 'Nghiêm trọng'],
    ])
  })

  test('lays areas without tiles in order of their names, and says how many are left', () => {
    const communes = Array.from({ length: 40 }, (_, index) => ({
      ...areas[1]!,
      code: String(10_000 + index),
      nameVi: `Xã ${String(index).padStart(2, '0')}`,
      tile: null,
    }))
    const { cells, left } = mapCells(screen({}), communes, attendance, 'morning', vi)
    expect([cells.length, left]).toEqual([36, 4])
    expect(cells[7]).toMatchObject({ name: 'Xã 07', row: 1, col: 1 })
  })

  test('has a legend of its steps from much to little', () => {
    expect(legendSteps(attendance, vi)).toEqual([
      { step: 4, text: 'từ 99' },
      { step: 3, text: '98 – 99' },
      { step: 2, text: '97 – 98' },
      { step: 1, text: '95 – 97' },
      { step: 0, text: 'dưới 95' },
    ])
    for (const one of definitions) {
      const steps = legendSteps(one, vi).map(({ step }) => step)
      expect(new Set(steps).size, one.id).toBe(steps.length)
    }
  })
})
