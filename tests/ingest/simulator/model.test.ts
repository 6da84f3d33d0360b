import { describe, expect, test } from 'vitest'
import { rollCounts } from '../../../ingest/simulator/model/attendance.ts'
import { planGates } from '../../../ingest/simulator/model/gate.ts'
import { linkLosses, measures, outagesOf, powerCuts } from '../../../ingest/simulator/model/outages.ts'
import { readingOf } from '../../../ingest/simulator/model/readings.ts'
import { planRolls, rollBody } from '../../../ingest/simulator/model/rolls.ts'
import { roomCo2, roomDay } from '../../../ingest/simulator/model/room.ts'
import { schoolSessions } from '../../../ingest/simulator/model/school-day.ts'
import { createProvince } from '../../../ingest/simulator/province/province.ts'
import type { SimDevice, SimSchool } from '../../../ingest/simulator/province/school.ts'
import { RollBody } from '../../../shared/contract/attendance.ts'
import { calendarData, metricsData } from '../../../shared/db/reference.ts'
import { MINUTE_MS, momentOf } from '../../../shared/domain/time.ts'

const calendar = calendarData().map((entry) => ({ ...entry, area: null }))
const { schools } = createProvince(102, 1517)
const MONDAY = '2026-11-23'
const surroundings = { calendar, scenarios: [] }
const rooms = schools.flatMap((school) =>
  school.devices.filter(({ kind }) => kind === 'room').map((device) => ({ school, device })),
)
const co2At = (time: string, of = rooms) =>
  of.map(({ school, device }) => readingOf(school, device, momentOf(MONDAY, time), surroundings)['co2']!)
const share = (values: readonly number[], holds: (value: number) => boolean) =>
  values.filter(holds).length / values.length

/** Attendance rate of the mornings of some schools on a day, in percent. */
function attendance(day: string, of: readonly SimSchool[], session: 'morning' | 'afternoon' = 'morning') {
  const total = { enrolled: 0, present: 0, late: 0, excused: 0, unexcused: 0 }
  for (const school of of) {
    school.classes.forEach((_, classIndex) => {
      const counts = rollCounts({ school, classIndex, day, session, excusedFactor: 1 })
      for (const name of Object.keys(total) as (keyof typeof total)[]) total[name] += counts[name]
    })
  }
  return { ...total, rate: (100 * total.present) / total.enrolled }
}

describe('attendance', () => {
  const monday = attendance(MONDAY, schools)

  test('of the province is 96 to 98 % on a Monday, most absences are excused and few come late', () => {
    expect(monday.rate).toBeGreaterThan(96)
    expect(monday.rate).toBeLessThan(98)
    expect(monday.unexcused / monday.enrolled).toBeLessThan(0.01)
    expect(monday.excused).toBeGreaterThan(2 * monday.unexcused)
    expect(monday.late / monday.present).toBeLessThan(0.02)
    expect(monday.present + monday.excused + monday.unexcused).toBe(monday.enrolled)
  })

  test('is better on Wednesdays than on Mondays and Fridays, over many weeks', () => {
    const mean = (days: string[]) =>
      days.reduce((all, day) => all + attendance(day, schools.slice(0, 300)).rate, 0) / days.length
    const mondays = ['2026-10-05', '2026-10-12', '2026-10-19', '2026-10-26', '2026-11-02', '2026-11-09']
    const wednesdays = ['2026-10-07', '2026-10-14', '2026-10-21', '2026-10-28', '2026-11-04', '2026-11-11']
    expect(mean(wednesdays)).toBeGreaterThan(mean(mondays) + 0.2)
  })

  test('is lower in preschools than in primary schools and lower in the mountains than on the plain', () => {
    const of = (filter: (school: SimSchool) => boolean) => attendance(MONDAY, schools.filter(filter)).rate
    expect(of(({ level }) => level === 'preschool')).toBeLessThan(of(({ level }) => level === 'primary') - 1)
    expect(of(({ terrain }) => terrain === 'high-mountain')).toBeLessThan(
      of(({ terrain }) => terrain === 'plain') - 0.8,
    )
  })
})

describe('rolls', () => {
  const rolls = planRolls(schools, MONDAY, calendar)
  const first = rolls.filter(({ session, revision }) => session === 'morning' && revision === 0)

  test('of nearly all classes are in by 08:00, some come later, a few never', () => {
    const classes = schools.reduce((all, school) => all + school.classes.length, 0)
    expect(first.length / classes).toBeGreaterThan(0.985)
    expect(first.length / classes).toBeLessThan(1)
    const inTime = share(
      first.map(({ at }) => at),
      (at) => at <= momentOf(MONDAY, '08:00'),
    )
    expect(inTime).toBeGreaterThan(0.95)
    expect(inTime).toBeLessThan(0.995)
  })

  test('go out in the order of time, after they were taken, and not before the session', () => {
    for (let i = 1; i < rolls.length; i++) expect(rolls[i]!.at).toBeGreaterThanOrEqual(rolls[i - 1]!.at)
    for (const { at, takenAt, school, session } of rolls) {
      expect(at).toBeGreaterThan(takenAt)
      const scheduled = schoolSessions(school, MONDAY, calendar).find((one) => one.session === session)!
      expect(takenAt).toBeGreaterThanOrEqual(scheduled.startsAt)
    }
  })

  test('fit the contract, are consistent, and a correction settles an excuse that was pending', () => {
    const corrections = rolls.filter(({ revision }) => revision === 1)
    expect(corrections.length / first.length).toBeGreaterThan(0.02)
    let settled = 0
    for (const correction of corrections.slice(0, 400)) {
      const before = rolls.find(
        (roll) =>
          roll.school === correction.school &&
          roll.classIndex === correction.classIndex &&
          roll.session === correction.session &&
          roll.revision === 0,
      )!
      const [old, settledRoll] = [rollBody(before, []), rollBody(correction, [])]
      for (const body of [old, settledRoll]) {
        expect(RollBody.safeParse(body).success).toBe(true)
        expect(body.present + body.excused + body.unexcused).toBe(body.enrolled)
        expect(body.late).toBeLessThanOrEqual(body.present)
      }
      if (settledRoll.excused === old.excused + 1) settled++
      else expect(settledRoll.excused).toBe(old.excused)
    }
    expect(settled).toBeGreaterThan(0)
  })

  test('on days off there are none, and on Saturdays only of secondary schools', () => {
    expect(planRolls(schools, '2026-11-22', calendar)).toEqual([])
    expect(planRolls(schools, '2026-11-24', calendar)).toEqual([])
    const saturday = planRolls(schools, '2026-11-21', calendar)
    expect(new Set(saturday.map(({ school }) => school.level))).toEqual(
      new Set(['lower_secondary', 'upper_secondary']),
    )
  })
})

describe('CO2', () => {
  test('is that of the outdoors before school and at night', () => {
    for (const value of [...co2At('06:00'), ...co2At('22:00')]) expect(Math.abs(value - 420)).toBeLessThan(60)
  })

  test('is good in about nine rooms of ten during lessons, and over 1,500 in a few', () => {
    const lesson = co2At('08:00')
    expect(share(lesson, (value) => value <= 1000)).toBeGreaterThan(0.82)
    expect(share(lesson, (value) => value <= 1000)).toBeLessThan(0.97)
    expect(share(lesson, (value) => value > 1500)).toBeLessThan(0.02)
  })

  test('falls in the break and rises again after it', () => {
    const school = { ...schools.find(({ level }) => level === 'upper_secondary')! }
    const device = rooms.find((room) => room.school.code === school.code)!.device
    const sessions = schoolSessions(school, MONDAY, calendar)
    const stretches = roomDay(school, device, MONDAY, sessions, [])
    const middle = (sessions[0]!.startsAt + sessions[0]!.endsAt) / 2
    const at = (minutes: number) => roomCo2(school, device, stretches, middle + minutes * MINUTE_MS)
    expect(at(10)).toBeLessThan(at(-10) - 50)
    expect(at(60)).toBeGreaterThan(at(10) + 50)
  })

  test('nears the balance of breath and ventilation: 41 people at 4 air changes an hour in 170 m³', () => {
    const school: SimSchool = { ...schools[0]!, level: 'upper_secondary' }
    const device: SimDevice = rooms[0]!.device
    const start = momentOf(MONDAY, '00:00')
    const stretches = [{ from: start, to: start + 10 * 3_600_000, people: 41, air: 4, lesson: true }]
    const ppm = roomCo2(school, device, stretches, start + 10 * 3_600_000)
    // Breath of 40 pupils and a teacher: 0.1935 l/s = 0.697 m³/h; over 4 x (145 to 195) m³/h: 893 to 1,201 ppm more.
    expect(ppm).toBeGreaterThan(410 + 893)
    expect(ppm).toBeLessThan(430 + 1_202)
    const half = roomCo2(school, device, stretches, start + (Math.LN2 / 4) * 3_600_000)
    expect((half - 420) / (ppm - 420)).toBeCloseTo(0.5, 1)
  })
})

test('every value of every device is a known metric within its physical limits, at any hour', () => {
  const limits = new Map(metricsData().map((metric) => [metric.code, metric]))
  for (const time of ['03:00', '07:30', '10:20', '12:30', '15:00', '19:00']) {
    for (const school of schools.slice(0, 400)) {
      for (const device of school.devices) {
        for (const [code, value] of Object.entries(
          readingOf(school, device, momentOf(MONDAY, time), surroundings),
        )) {
          const metric = limits.get(code)!
          expect(value).toBeGreaterThanOrEqual(metric.minimum)
          expect(value).toBeLessThanOrEqual(metric.maximum)
        }
      }
    }
  }
})

test('November classrooms have 19 to 29 °C, and only lit hours have light', () => {
  const values = (time: string) =>
    rooms
      .slice(0, 500)
      .map(({ school, device }) => readingOf(school, device, momentOf(MONDAY, time), surroundings))
  for (const { temperature } of values('08:00')) {
    expect(temperature).toBeGreaterThan(17)
    expect(temperature).toBeLessThan(29)
  }
  for (const { light } of values('22:00')) expect(light).toBe(0)
  expect(
    share(
      values('08:30').map(({ light }) => light!),
      (lux) => lux >= 300,
    ),
  ).toBeGreaterThan(0.8)
})

test('outages are rare, lie in the day, and a gateway outlives a power cut by its battery only', () => {
  const cuts = schools.flatMap((school) => powerCuts(school, MONDAY, []))
  const losses = schools.flatMap((school) => linkLosses(school, MONDAY))
  expect(cuts.length).toBeGreaterThan(5)
  expect(cuts.length).toBeLessThan(60)
  expect(losses.length).toBeGreaterThan(10)
  expect(losses.length).toBeLessThan(90)
  const school = schools.find(
    (one) => powerCuts(one, MONDAY, []).length > 0 && one.devices[1]?.kind === 'room',
  )!
  const [gateway, room] = school.devices as [SimDevice, SimDevice]
  const [cut] = powerCuts(school, MONDAY, [])
  const outages = outagesOf(school, cut!.from, [])
  expect(measures(gateway, outages, cut!.from + 1_000)).toBe(true)
  expect(readingOf(school, gateway, cut!.from + 1_000, surroundings)).toMatchObject({ power: 0, voltage: 0 })
  expect(measures(room, outages, cut!.from + 1_000)).toBe(false)
  expect(measures(gateway, outages, cut!.to - 1_000)).toBe(false)
  expect(measures(gateway, outages, cut!.to)).toBe(true)
})

test('gates count pupils in before and out after sessions, without telling who', () => {
  const batches = planGates(schools, MONDAY, calendar)
  const passages = batches.flatMap((batch) => batch.passages)
  expect(passages.length).toBeGreaterThan(50_000)
  expect(passages.length).toBeLessThan(250_000)
  expect(new Set(passages.map(({ id }) => id)).size).toBe(passages.length)
  for (const batch of batches) {
    expect(batch.passages.length).toBeLessThanOrEqual(1000)
    for (const { ts } of batch.passages) expect(ts).toBeLessThanOrEqual(batch.at)
  }
  const early = passages.filter(({ ts }) => ts < momentOf(MONDAY, '07:30'))
  expect(
    share(
      early.map(({ direction }) => (direction === 'in' ? 1 : 0)),
      Boolean,
    ),
  ).toBe(1)
})
