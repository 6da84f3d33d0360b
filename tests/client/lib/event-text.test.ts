import { describe, expect, test } from 'vitest'
import { eventPlace, eventText } from '../../../client/lib/event-text.ts'
import { createReader } from '../../../client/lib/reader.tsx'
import { IocEvent } from '../../../shared/contract/event.ts'
import { definitions, eventOf } from '../../helpers/wall-province.ts'

const known = new Map(definitions.map((definition) => [definition.id, definition]))
const vi = createReader('vi')
const en = createReader('en')
const sentence = (given: Partial<IocEvent>, reader = vi) =>
  eventText(eventOf('1', 0, given), known, reader).replaceAll('\u00a0', ' ')

describe('the sentence of an event', () => {
  test('names the indicator, its new status and its value', () => {
    const params = { indicator: 'attendance-rate', from: 'ok', to: 'warning', value: 96.24 }
    expect(sentence({ params })).toBe('Chuyên cần: Cảnh báo 96,2 %')
    expect(sentence({ params }, en)).toBe('Attendance: Warning 96.2 %')
  })

  test('says which way a flood alarm goes', () => {
    expect(sentence({ kind: 'flood-level', params: { from: 0, to: 2 } })).toBe('Báo động lũ lên cấp 2')
    expect(sentence({ kind: 'flood-level', params: { from: 3, to: 1 } })).toBe('Báo động lũ xuống cấp 1')
    expect(sentence({ kind: 'flood-level', params: { from: 1, to: 0 } })).toBe('Hết báo động lũ')
  })

  test('counts schools of schools', () => {
    expect(sentence({ kind: 'power-lost', params: { schools: 37, total: 1064 } })).toBe(
      'Mất điện 37/1.064 trường',
    )
  })

  test('leaves out what it is not told, in either language', () => {
    for (const reader of [vi, en]) {
      for (const kind of IocEvent.shape.kind.options) {
        const text = sentence({ kind, params: {} }, reader)
        expect(text, kind).not.toMatch(/undefined|null|NaN|\/\s|:\s*$/)
        expect(text.trim(), kind).not.toBe('')
      }
    }
  })

  test('an indicator nobody knows goes by its id', () => {
    expect(sentence({ params: { indicator: 'new-one', to: 'critical' } })).toBe('new-one: Nghiêm trọng')
  })
})

test('the place is the school and its area, or the area', () => {
  const names = new Map([['416', 'Quy Chau']])
  expect(eventPlace(eventOf('1', 0, { area: '416', areaName: 'Quỳ Châu' }), names)).toBe('Quy Chau')
  const ofSchool = eventOf('1', 0, { area: '99999', areaName: 'Vinh', schoolName: 'Trường A' })
  expect(eventPlace(ofSchool, names)).toBe('Trường A, Vinh')
})
