import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type AttendanceStatus,
  attendanceStatuses,
  rollFromStatuses,
  statusOfCode,
} from '../../../shared/domain/attendance-code.ts'

describe('a code', () => {
  test.each([
    ['C', 'present'],
    ['c', 'present'],
    ['P', 'excused'],
    ['K', 'unexcused'],
    ['M', 'late'],
    ['T', 'late'],
    [null, 'unchecked'],
    ['', 'unchecked'],
    ['Present', 'present'],
    ['In Attendance', 'present'],
    ['Tardy', 'late'],
    ['Excused Absence', 'excused'],
    ['unexcused absence', 'unexcused'],
    ['Early departure', 'early_leave'],
    ['Partial', 'early_leave'],
    ['uri://ed-fi.org/AttendanceEventCategoryDescriptor#Tardy', 'late'],
    ['X', undefined],
    ['constructor', undefined],
  ])('%s means %s', (code, status) => {
    expect(statusOfCode(code)).toBe(status)
  })

  test('of Vietnamese practice goes to Ed-Fi and back without loss, and nothing stays nothing', () => {
    for (const { letter } of attendanceStatuses) {
      if (letter === null) continue
      const edFi = attendanceStatuses.find(({ status }) => status === statusOfCode(letter))!.edFi
      expect(attendanceStatuses.find(({ status }) => status === statusOfCode(edFi))!.letter).toBe(letter)
    }
    expect(statusOfCode(null)).toBe('unchecked')
  })

  test('means one thing only', () => {
    const meanings = new Map<string, Set<string>>()
    for (const { status, letter, edFi, also } of attendanceStatuses) {
      for (const word of [status, letter ?? status, edFi, ...also]) {
        const key = word.toLowerCase()
        meanings.set(key, (meanings.get(key) ?? new Set()).add(status))
      }
    }
    expect([...meanings].filter(([, statuses]) => statuses.size > 1)).toEqual([])
  })
})

describe('a roll', () => {
  const statuses = fc.array(
    fc.constantFrom<AttendanceStatus>('present', 'late', 'early_leave', 'excused', 'unexcused', 'unchecked'),
    { maxLength: 60 },
  )

  test('keeps how many there were of each kind; who left early was there', () => {
    fc.assert(
      fc.property(statuses, (given) => {
        const roll = rollFromStatuses(given)
        const count = (...wanted: AttendanceStatus[]) => given.filter((one) => wanted.includes(one)).length
        expect(roll.late).toBe(count('late'))
        expect(roll.present - roll.late).toBe(count('present', 'early_leave'))
        expect([roll.excused, roll.unexcused]).toEqual([count('excused'), count('unexcused')])
        expect(roll.enrolled - roll.present - roll.excused - roll.unexcused).toBe(count('unchecked'))
      }),
    )
  })

  test('does not depend on the order, which could name a pupil', () => {
    fc.assert(
      fc.property(statuses, (given) => {
        expect(rollFromStatuses(given.toReversed())).toEqual(rollFromStatuses(given))
      }),
    )
  })
})
