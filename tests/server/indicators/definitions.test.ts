import { expect, test } from 'vitest'
import {
  addSlot,
  alarmLevel,
  emptyReadingsDay,
  newestMean,
  onlineNow,
  readingsSums,
  roomsOverNow,
} from '../../../server/indicators/definitions/readings.ts'
import { expectsRoll, type RollTotals, rollSums } from '../../../server/indicators/definitions/rolls.ts'
import { statusSums } from '../../../server/indicators/definitions/status.ts'
import { hasSchoolHours, isSchoolHours, type SchoolStatus } from '../../../server/indicators/school-hours.ts'
import type { Measure } from '../../../server/indicators/slot-window.ts'
import { at, before, DAY, said, schoolOf, windowOf } from './schools.ts'

const school = schoolOf()
const [morning] = school.sessions
const sum = (numerator: number, denominator: number) => ({ numerator, denominator })

const totals: RollTotals = {
  taken: 8,
  enrolled: 240,
  present: 230,
  late: 6,
  excused: 7,
  unexcused: 3,
  newestAt: 0,
}

test.each<[string, SchoolStatus[], string, boolean]>([
  ['no roll is expected before the session starts', [], '06:59', false],
  ['a roll is expected from the start of the session on', [], '07:00', true],
  ['a school that never said anything is expected to call the roll', [], '09:00', true],
  ['a school closed since yesterday is not expected to', [said('00:00', false)], '07:30', false],
  ['a school that closes before the deadline is not expected to', [said('07:40', false)], '09:00', false],
  ['a school that will close only later today is expected to', [said('08:30', false)], '09:00', true],
  [
    'a school that opened again before the deadline is expected to',
    [said('05:00', false), said('07:30', true)],
    '09:00',
    true,
  ],
])('%s', (_, history, time, expected) => {
  expect(expectsRoll(morning!, history, DAY, at(time))).toBe(expected)
})

test.each<
  [
    string,
    RollTotals | undefined,
    ReturnType<typeof rollSums>[keyof ReturnType<typeof rollSums>],
    keyof ReturnType<typeof rollSums>,
  ]
>([
  [
    'attendance is present, late ones included, of those enrolled in classes with a roll',
    totals,
    sum(230, 240),
    'attendance-rate',
  ],
  ['unexcused absence is of those enrolled', totals, sum(3, 240), 'absence-unexcused-rate'],
  ['excused absence is of those enrolled', totals, sum(7, 240), 'absence-excused-rate'],
  ['lateness is of those present', totals, sum(6, 230), 'late-rate'],
  ['completeness is classes with a roll of classes scheduled', totals, sum(8, 10), 'roll-completeness'],
  [
    'more classes than the timetable has do not count above it',
    { ...totals, taken: 12 },
    sum(10, 10),
    'roll-completeness',
  ],
  ['without any roll completeness is none of those scheduled', undefined, sum(0, 10), 'roll-completeness'],
  ['without any roll there is no attendance to speak of', undefined, sum(0, 0), 'attendance-rate'],
])('%s', (_, given, expected, indicator) => {
  expect(rollSums(morning!, given)[indicator]).toEqual(expected)
})

test.each<[string, SchoolStatus[], string, [number, number], [number, number]]>([
  ['a school that said nothing lowers coverage only', [], '08:00', [0, 0], [0, 0]],
  [
    'an open school is open, and none of its pupils are off',
    [said('06:00', true)],
    '08:00',
    [1, 1],
    [0, 300],
  ],
  [
    'a closed school keeps its pupils of the session at home',
    [said('06:00', false)],
    '08:00',
    [0, 1],
    [300, 300],
  ],
  [
    'a school that closes during the session is closed from then on',
    [said('06:00', true), said('09:00', false)],
    '09:30',
    [0, 1],
    [300, 300],
  ],
  [
    'what is said after the session does not change it',
    [said('06:00', true), said('11:00', false)],
    '12:00',
    [1, 1],
    [0, 300],
  ],
])('%s', (_, history, time, open, affected) => {
  const sums = statusSums(morning!, history, at(time))
  expect(sums['schools-open']).toEqual(sum(...open))
  expect(sums['pupils-affected-by-closure']).toEqual(sum(...affected))
})

test.each<[string, SchoolStatus[], string, boolean]>([
  ['a slot that starts with the session is one of lessons', [], '07:00', true],
  ['a slot that starts when the session ends is not', [], '10:30', false],
  ['the break at noon is not', [], '12:00', false],
  ['a slot in which the school is closed is not', [said('08:00', false)], '08:00', false],
  ['the slot before it closed is', [said('08:00', false)], '07:55', true],
])('%s', (_, history, time, expected) => {
  expect(isSchoolHours(school.sessions, history, at(time))).toBe(expected)
  const day = hasSchoolHours(school.sessions, history, at(time), at(time) + 300_000)
  expect(day).toBe(expected)
})

/** What one slot of lessons at 08:00 adds, given readings by how many slots back they lie. */
function sumsOf(
  readings: [slotsBack: number, device: number, measure: Measure | undefined, value: number][],
  lesson = true,
) {
  const slot = at('08:00')
  const quarter = [0, 1, 2].map((back) =>
    windowOf(
      before(slot, back),
      readings.filter(([of]) => of === back).map(([, ...rest]) => rest),
    ),
  )
  const day = emptyReadingsDay()
  addSlot(day, school, lesson, [quarter[0], quarter[1], quarter[2]], undefined)
  return readingsSums(day)
}

test.each<[string, Parameters<typeof sumsOf>[0], keyof ReturnType<typeof sumsOf>, [number, number]]>([
  ['1,000 ppm is still good', [[0, 1, 'co2', 1000]], 'co2-good-share', [5, 5]],
  ['above 1,000 ppm is not', [[0, 1, 'co2', 1000.1]], 'co2-good-share', [0, 5]],
  [
    'the mean is of fifteen minutes',
    [
      [0, 1, 'co2', 1300],
      [1, 1, 'co2', 800],
      [2, 1, 'co2', 900],
    ],
    'co2-good-share',
    [5, 5],
  ],
  [
    'the mean weighs readings, not slots',
    [
      [0, 1, 'co2', 1300],
      [0, 1, 'co2', 1300],
      [0, 1, 'co2', 1300],
      [2, 1, 'co2', 500],
    ],
    'co2-good-share',
    [0, 5],
  ],
  [
    'each room counts its own minutes',
    [
      [0, 1, 'co2', 700],
      [0, 2, 'co2', 1200],
    ],
    'co2-good-share',
    [5, 10],
  ],
  ['a sensor that is no classroom sensor does not count', [[0, 4, 'co2', 700]], 'co2-good-share', [0, 0]],
  [
    '1,500 ppm is not over the limit',
    [
      [0, 1, 'co2', 1500],
      [0, 2, 'co2', 1501],
    ],
    'co2-rooms-over',
    [1, 2],
  ],
  [
    '32 degrees are not too hot',
    [
      [0, 1, 'temperature', 32],
      [0, 2, 'temperature', 32.5],
    ],
    'heat-room-share',
    [5, 10],
  ],
  [
    'mains are counted by the share of readings that show them',
    [
      [0, 3, 'power', 1],
      [0, 3, 'power', 0],
    ],
    'power-availability',
    [2.5, 5],
  ],
  [
    'a gateway without a word of the mains is not monitored',
    [[0, 3, undefined, 0]],
    'power-availability',
    [0, 0],
  ],
  ['any reading of a gateway shows its link', [[0, 3, undefined, 0]], 'internet-availability', [5, 5]],
  ['a silent gateway had no link', [[1, 3, 'power', 1]], 'internet-availability', [0, 5]],
  [
    'devices seen in the slot, of those in service',
    [
      [0, 1, undefined, 0],
      [0, 3, 'power', 1],
      [1, 2, 'co2', 1],
    ],
    'device-online-rate',
    [2, 4],
  ],
  [
    'water in the yard is the mean of the slot',
    [
      [0, 4, 'yard_depth', 10],
      [0, 4, 'yard_depth', 20],
    ],
    'yard-water-depth',
    [15, 1],
  ],
  ['without a reading there is no depth', [[1, 4, 'yard_depth', 10]], 'yard-water-depth', [0, 0]],
])('%s', (_, readings, indicator, expected) => {
  expect(sumsOf(readings)[indicator]).toEqual(sum(...expected))
})

test('outside lessons rooms and links do not count, but devices and water do', () => {
  const sums = sumsOf(
    [
      [0, 1, 'co2', 700],
      [0, 3, 'power', 1],
      [0, 4, 'yard_depth', 3],
    ],
    false,
  )
  expect(sums['co2-good-share']).toEqual(sum(0, 0))
  expect(sums['internet-availability']).toEqual(sum(0, 0))
  expect(sums['device-online-rate']).toEqual(sum(3, 4))
  expect(sums['yard-water-depth']).toEqual(sum(3, 1))
})

test('over several slots a room counts once, its minutes each time, and water by its maximum', () => {
  const day = emptyReadingsDay()
  for (const [time, co2, depth] of [
    ['08:00', 1900, 5],
    ['09:00', 600, 30],
    ['09:30', 600, 8],
  ] as const) {
    const slot = windowOf(at(time), [
      [1, 'co2', co2],
      [4, 'yard_depth', depth],
    ])
    addSlot(day, school, true, [slot, undefined, undefined], time === '09:00' ? 2 : 0)
  }
  const sums = readingsSums(day)
  expect(sums['co2-rooms-over']).toEqual(sum(1, 1))
  expect(sums['co2-good-share']).toEqual(sum(10, 15))
  expect(sums['yard-water-depth']).toEqual(sum(30, 1))
  expect(sums['flood-alarm-level']).toEqual(sum(2, 1))
})

test.each<[string, number, number]>([
  ['below the first mark there is no alarm', 5.39, 0],
  ['a level counts from its mark on', 5.4, 1],
  ['the second mark', 6.9, 2],
  ['the third mark', 7.95, 3],
])('%s', (_, mean, level) => {
  const station = { code: 'nam-dan', alarm1: 5.4, alarm2: 6.9, alarm3: 7.9 }
  expect(alarmLevel(station, mean)).toBe(level)
})

test('a device is online for five minutes after its last reading', () => {
  const now = at('08:00')
  const seen = new Map([
    [1, now - 299_999],
    [2, now - 300_000],
    [3, now],
  ])
  expect(onlineNow(school, (device) => seen.get(device), now)).toEqual(sum(2, 4))
})

test('rooms over the limit now are counted with the slot that is still open', () => {
  const now = at('08:02')
  const quarter = [
    windowOf(now, [[1, 'co2', 2200]]),
    windowOf(before(now, 1), [
      [1, 'co2', 1400],
      [2, 'co2', 900],
    ]),
    undefined,
  ] as const
  expect(roomsOverNow(school, quarter)).toEqual(sum(1, 2))
})

test('the newest slot with water data stands for now', () => {
  const windows = [windowOf(at('08:05'), []), windowOf(at('08:00'), [[4, 'yard_depth', 4]])]
  expect(newestMean(windows, [4], 'yard_depth')).toBe(4)
  expect(newestMean([], [4], 'yard_depth')).toBeUndefined()
})
