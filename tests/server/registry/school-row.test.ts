import { describe, expect, test } from 'vitest'
import type { RegistryContext } from '../../../server/registry/context.ts'
import { planSchools } from '../../../server/registry/plan.ts'
import { SCHOOL_COLUMNS } from '../../../server/registry/school-row.ts'
import { readTable } from '../../../server/registry/table.ts'
import { type Cells, CONTEXT, csv, GOOD_SCHOOL } from './rows.ts'

const plan = (rows: Cells[], context: RegistryContext = CONTEXT) =>
  planSchools(readTable(csv(rows), SCHOOL_COLUMNS), context)
const planOne = (cells: Cells, context?: RegistryContext) => plan([{ ...GOOD_SCHOOL, ...cells }], context)

test('a good row becomes a school with its site, sessions and places', () => {
  const { rows, faults } = planOne({})
  expect(faults).toEqual([])
  expect(rows).toEqual([
    {
      line: 2,
      code: 'T-0001',
      name: 'Trường Tiểu học Vinh Phú',
      level: 'primary',
      ownership: 'public',
      terrain: 'plain',
      lat: 18.7216,
      lon: 105.686,
      enrolment: 620,
      riverStation: 'nam-dan',
      validFrom: '2022-01-01',
      validTo: null,
      mergedInto: null,
      sites: [{ code: 'main', name: 'Điểm trường chính', main: true }],
      sessions: [
        { session: 'morning', weekdays: [1, 2, 3, 4, 5], starts: '07:15', ends: '10:45', classes: 18 },
        { session: 'afternoon', weekdays: [1, 2, 4, 5], starts: '14:00', ends: '16:30', classes: 18 },
      ],
      places: [
        { tree: 'administrative', area: '412', validFrom: '2022-01-01', validTo: '2025-06-30' },
        { tree: 'administrative', area: '16702', validFrom: '2025-07-01', validTo: null },
        { tree: 'former-district', area: '412', validFrom: '2022-01-01', validTo: '2025-06-30' },
        { tree: 'former-district', area: '16702', validFrom: '2025-07-01', validTo: null },
      ],
    },
  ])
})

describe('a good row may', () => {
  test.each<[string, Cells, (row: NonNullable<ReturnType<typeof planOne>['rows'][0]>) => unknown, unknown]>([
    [
      'have a decimal comma in its position',
      { lat: '18,7216', lon: '105,686' },
      (row) => [row.lat, row.lon],
      [18.7216, 105.686],
    ],
    ['have no position', { lat: '', lon: '' }, (row) => [row.lat, row.lon], [null, null]],
    ['write days the Vietnamese way', { valid_from: '5/9/2022' }, (row) => row.validFrom, '2022-09-05'],
    [
      'leave the former district to the commune',
      { former_district: '' },
      (row) => row.places[0]!.area,
      '412',
    ],
    ['write the level in capitals', { level: 'PRIMARY' }, (row) => row.level, 'primary'],
    ['have no terrain', { terrain: '' }, (row) => row.terrain, null],
    [
      'write a time without the leading zero',
      { morning_start: '7:15' },
      (row) => row.sessions[0]!.starts,
      '07:15',
    ],
    [
      'have no afternoon',
      { afternoon_days: '', afternoon_start: '', afternoon_end: '', afternoon_classes: '' },
      (row) => row.sessions.map((session) => session.session),
      ['morning'],
    ],
    [
      'have branch sites, whose codes come from their names',
      { branch_sites: 'Bản Na | Điểm lẻ 2' },
      (row) => row.sites.map((site) => site.code),
      ['main', 'ban-na', 'diem-le-2'],
    ],
  ])('%s', (_, cells, pick, expected) => {
    const { rows, faults } = planOne(cells)
    expect(faults).toEqual([])
    expect(pick(rows[0]!)).toEqual(expected)
  })
})

describe('a row is refused, with line, column, value and reason, when', () => {
  test.each<[string, Cells, string, string]>([
    ['the code is empty', { code: '' }, 'code', 'required cell is empty'],
    ['the code has a blank', { code: 'T 1' }, 'code', 'letters without marks'],
    ['the code has Vietnamese marks', { code: 'TRƯỜNG-1' }, 'code', 'letters without marks'],
    ['the code is longer than 32', { code: 'T'.repeat(33) }, 'code', 'at most 32'],
    ['the code belongs to a simulated school', { code: 'MP-TH-0001' }, 'code', 'simulated school'],
    ['the name is empty', { name: '' }, 'name', 'required cell is empty'],
    ['the level is unknown', { level: 'tiểu học' }, 'level', 'must be one of: preschool, primary'],
    ['the ownership is unknown', { ownership: 'state' }, 'ownership', 'must be one of: public, private'],
    ['the terrain is unknown', { terrain: 'hills' }, 'terrain', 'must be one of: coastal'],
    ['the commune is unknown', { commune: '99999' }, 'commune', 'no commune has this code'],
    ['the commune is a name', { commune: 'Vinh Phú' }, 'commune', 'no commune has this code'],
    ['the former district is unknown', { former_district: '999' }, 'former_district', 'no former district'],
    ['the former district is another one', { former_district: '413' }, 'former_district', 'lay in 412 Vinh'],
    ['the enrolment is in words', { enrolment: 'sáu trăm' }, 'enrolment', 'must be a whole number'],
    ['the enrolment has a separator', { enrolment: '1.234' }, 'enrolment', 'digits only'],
    ['the enrolment is negative', { enrolment: '-5' }, 'enrolment', 'must be a whole number'],
    ['the enrolment is missing', { enrolment: '' }, 'enrolment', 'required cell is empty'],
    [
      'latitude and longitude are changed round',
      { lat: '105.68', lon: '18.72' },
      'lat',
      'a latitude from 18',
    ],
    ['the latitude has a separator of thousands', { lat: '18.721.600' }, 'lat', 'a latitude'],
    ['only the latitude is given', { lon: '' }, 'lon', 'required cell is empty'],
    [
      'the river station is unknown',
      { river_station: 'ben-thuy' },
      'river_station',
      'the stations are nam-dan, dua',
    ],
    ['a branch site stands there twice', { branch_sites: 'Bản Na|bản na' }, 'branch_sites', 'another site'],
    ['the days are Vietnamese names', { morning_days: 'T2-T6' }, 'morning_days', 'must be weekdays'],
    ['the days go backwards', { morning_days: '5-1' }, 'morning_days', 'must be weekdays'],
    ['there is an eighth day', { morning_days: '1-8' }, 'morning_days', 'must be weekdays'],
    ['a time is impossible', { morning_start: '24:15' }, 'morning_start', 'must be a time of day'],
    ['a session ends before it starts', { morning_end: '07:00' }, 'morning_end', 'after the start (07:15)'],
    ['the sessions overlap', { afternoon_start: '10:00' }, 'afternoon_start', 'before the morning ends'],
    ['a session is half filled in', { morning_classes: '' }, 'morning_classes', 'required cell is empty'],
    ['the first day is not a real one', { valid_from: '30/02/2026' }, 'valid_from', 'must be a real day'],
    ['the first day is month first', { valid_from: '2/15/2026' }, 'valid_from', 'must be a real day'],
    [
      'the last day comes before the first',
      { valid_to: '2021-12-31' },
      'valid_to',
      'not be before the first',
    ],
    ['it merged but did not end', { merged_into: 'T-0002' }, 'valid_to', 'must have a last day'],
    [
      'it merged into itself',
      { merged_into: 'T-0001', valid_to: '2026-05-31' },
      'merged_into',
      'into itself',
    ],
    [
      'it merged into nobody',
      { merged_into: 'T-9', valid_to: '2026-05-31' },
      'merged_into',
      'no school has this code',
    ],
  ])('%s', (_, cells, column, reason) => {
    const { rows, faults } = planOne(cells)
    expect(rows).toEqual([])
    expect(faults.map((fault) => fault.column)).toContain(column)
    const fault = faults.find((one) => one.column === column)!
    expect(fault.line).toBe(2)
    expect(fault.reason.en).toContain(reason)
    expect(fault.reason.vi).not.toBe('')
    if (cells[column] !== undefined) expect(fault.value).toBe(cells[column])
  })
})

test('all faults of a row are reported together', () => {
  const { faults } = planOne({ level: 'x', enrolment: 'y', lat: 'z' })
  expect(faults.map((fault) => fault.column)).toEqual(['level', 'lat', 'enrolment'])
})

test('a school without any session is refused', () => {
  const empty = Object.fromEntries(
    Object.keys(GOOD_SCHOOL)
      .filter((name) => /^(morning|afternoon)_/.test(name))
      .map((name) => [name, '']),
  )
  expect(planOne(empty).faults[0]!.reason.en).toContain('must have a morning or an afternoon')
})

test('of two rows with one code the first stands and the second is refused, naming the first', () => {
  const { rows, faults } = plan([GOOD_SCHOOL, { ...GOOD_SCHOOL, name: 'Khác' }])
  expect(rows).toHaveLength(1)
  expect(faults).toMatchObject([{ line: 3, column: 'code', value: 'T-0001' }])
  expect(faults[0]!.reason.en).toContain('line 2')
})

test('a school may merge into one that stands later in the file, but not into a refused one', () => {
  const ended = { ...GOOD_SCHOOL, code: 'T-2', valid_to: '2026-05-31', merged_into: 'T-3' }
  expect(plan([ended, { ...GOOD_SCHOOL, code: 'T-3' }]).faults).toEqual([])
  const refused = plan([ended, { ...GOOD_SCHOOL, code: 'T-3', level: 'x' }])
  expect(refused.rows).toEqual([])
  expect(refused.faults.map((fault) => [fault.line, fault.column])).toEqual([
    [2, 'merged_into'],
    [3, 'level'],
  ])
})

test('a school of Cửa Lò lay in Cửa Lò until November 2024, then in Vinh, and in its commune since July 2025', () => {
  const { rows } = planOne({ commune: '16732', former_district: '413' })
  expect(rows[0]!.places).toEqual([
    { tree: 'administrative', area: '413', validFrom: '2022-01-01', validTo: '2024-11-30' },
    { tree: 'administrative', area: '412', validFrom: '2024-12-01', validTo: '2025-06-30' },
    { tree: 'administrative', area: '16732', validFrom: '2025-07-01', validTo: null },
    { tree: 'former-district', area: '413', validFrom: '2022-01-01', validTo: '2025-06-30' },
    { tree: 'former-district', area: '16732', validFrom: '2025-07-01', validTo: null },
  ])
})

test('a school founded after July 2025 was never in a district by law', () => {
  const { rows } = planOne({ valid_from: '2025-09-05' })
  expect(rows[0]!.places.map((place) => [place.tree, place.area, place.validFrom])).toEqual([
    ['administrative', '16702', '2025-09-05'],
    ['former-district', '16702', '2025-09-05'],
  ])
})

test('a school that ended before there were communes needs none and lies in its district alone', () => {
  const { rows, faults } = planOne({ commune: '', valid_to: '2024-05-31' })
  expect(faults).toEqual([])
  expect(rows[0]!.places.map((place) => [place.tree, place.area, place.validTo])).toEqual([
    ['administrative', '412', '2024-05-31'],
    ['former-district', '412', '2024-05-31'],
  ])
})

test('simulated rows are refused over a real school', () => {
  const { faults } = planOne({}, { ...CONTEXT, simulated: true })
  expect(faults[0]!.reason.en).toContain('belongs to a real school')
})
