import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseLoggerTime, parseZone } from '../../../ingest/replay/logger-time.ts'
import { readSeries, shiftToPresent } from '../../../ingest/replay/series.ts'

const ZONE = 7 * 3_600_000
const question = {
  timeColumn: 'date',
  map: new Map([
    ['CO2', 'co2'],
    ['Temperature', 'temperature'],
  ]),
  zoneMs: ZONE,
}
const read = (text: string) => readSeries(text, question)
const at = (text: string) => Date.parse(`${text}+07:00`)

test("a logger's export with quoted names and unnamed row numbers is read row by row", () => {
  const text = readFileSync(new URL('./logger-export.csv', import.meta.url), 'utf8')
  const { points, omissions } = read(text)
  expect(omissions).toEqual([])
  expect(points).toHaveLength(30)
  expect(points[0]).toMatchObject({ line: 2, ts: at('2024-03-11T08:15:00') })
  expect(Object.keys(points[0]!.values)).toEqual(['co2', 'temperature'])
  expect(points[0]!.values['temperature']).toBe(22.4)
  expect(points[29]).toMatchObject({ line: 31, ts: at('2024-03-11T08:44:00') })
})

describe('the habits of loggers', () => {
  test.each([
    ['no row numbers', 'date,CO2,Temperature\n2024-03-11 08:15:00,612,23.5\n'],
    ['a byte order mark and CRLF', '\uFEFFdate,CO2,Temperature\r\n2024-03-11 08:15:00,612,23.5\r\n'],
    ['semicolons and decimal commas', 'date;CO2;Temperature\n2024-03-11 08:15:00;612;23,5\n'],
    ['tabs', 'date\tCO2\tTemperature\n2024-03-11 08:15:00\t612\t23.5\n'],
    ['empty lines', '\ndate,CO2,Temperature\n\n2024-03-11 08:15:00,612,23.5\n,,\n\n'],
    ['columns nobody asked for', 'no,date,Temperature,CO2,x\n1,2024-03-11 08:15:00,23.5,612,y\n'],
    ['blanks around everything', ' date , CO2 ,Temperature\n 2024-03-11 08:15:00 , 612 , 23.5 \n'],
  ])('%s', (_, text) => {
    const { points, omissions } = read(text)
    expect(omissions).toEqual([])
    expect(points.map(({ ts, values }) => [ts, values])).toEqual([
      [at('2024-03-11T08:15:00'), { co2: 612, temperature: 23.5 }],
    ])
  })

  test('missing cells are left out and the rest of the row is kept', () => {
    const { points, omissions } = read(
      'date,CO2,Temperature\n2024-03-11 08:15:00,,23.5\n2024-03-11 08:16:00,NaN,-\n',
    )
    expect(points.map(({ values }) => values)).toEqual([{ temperature: 23.5 }])
    expect(omissions).toEqual([{ line: 3, whole: true, reason: 'it holds no value' }])
  })
})

test('every row that is not sent has its line and reason', () => {
  const { points, omissions } = read(
    [
      'date,CO2,Temperature',
      '2024-03-11 08:15:00,612,23.5',
      'yesterday,612,23.5',
      '2024-03-11 08:15:00,700,23.5',
      '2024-03-11 08:17:00,700',
      '2024-03-11 08:18:00,high,23.5',
      '2024-02-31 08:18:00,700,23.5',
    ].join('\n'),
  )
  expect(points.map(({ line }) => line)).toEqual([2, 6])
  expect(omissions).toEqual([
    { line: 3, whole: true, reason: '"yesterday" is not a time' },
    { line: 4, whole: true, reason: 'its time is that of line 2' },
    { line: 5, whole: true, reason: 'the row has 2 cells, the others 3' },
    { line: 6, whole: false, reason: 'CO2 is "high", not a number' },
    { line: 7, whole: true, reason: '"2024-02-31 08:18:00" is not a time' },
  ])
})

test('one numbered row among others without a number is a fault of that row, not a habit', () => {
  const { points, omissions } = read(
    'date,CO2,Temperature\n2024-03-11 08:15:00,1,2\n7,2024-03-11 08:16:00,1,2\n2024-03-11 08:17:00,1,2\n',
  )
  expect(points).toHaveLength(2)
  expect(omissions).toMatchObject([{ line: 3, whole: true }])
})

test('a column that is not there is said with those that are', () => {
  expect(() => read('time,CO2,Temperature\n')).toThrow(
    'there is no column "date"; the columns are time, CO2, Temperature',
  )
})

test.each([
  ['2015-02-02 14:19:59', at('2015-02-02T14:19:59')],
  ['2015-02-02T14:19', at('2015-02-02T14:19:00')],
  ['02/03/2024 8:05', at('2024-03-02T08:05:00')],
  ['2024-03-11 08:15:00.250', at('2024-03-11T08:15:00') + 250],
  ['2024-03-11T08:15:00Z', Date.UTC(2024, 2, 11, 8, 15)],
  ['2024-03-11T08:15:00+09:00', Date.UTC(2024, 2, 10, 23, 15)],
  ['1710119700000', 1710119700000],
  ['1710119700', undefined],
  ['2024-03-11', undefined],
  ['2024-03-11 25:00:00', undefined],
  ['31/02/2024 08:00', undefined],
  ['', undefined],
])('the time %s', (text, expected) => {
  expect(parseLoggerTime(text, ZONE)).toBe(expected)
})

test('zones are written with sign, hours and minutes', () => {
  expect(parseZone('+07:00')).toBe(ZONE)
  expect(parseZone('-03:30')).toBe(-3.5 * 3_600_000)
  for (const text of ['7', '+7', 'Asia/Ho_Chi_Minh', '+15:00', '+07:60'])
    expect(parseZone(text)).toBeUndefined()
})

describe('a series moved to the present', () => {
  const points = ['2024-03-11T08:15:00', '2024-03-13T10:43:00'].map((text) => ({
    line: 1,
    ts: at(text),
    values: {},
  }))
  const moved = (now: string) => shiftToPresent(points, at(now)).map(({ ts }) => ts)

  test('ends today, with its times of day', () => {
    expect(moved('2026-11-23T10:43:00')).toEqual([at('2026-11-21T08:15:00'), at('2026-11-23T10:43:00')])
  })

  test('ends yesterday while its last time of day is still to come', () => {
    expect(moved('2026-11-23T10:42:59')).toEqual([at('2026-11-20T08:15:00'), at('2026-11-22T10:43:00')])
  })

  test('may be empty', () => {
    expect(shiftToPresent([], at('2026-11-23T00:00:00'))).toEqual([])
  })
})
