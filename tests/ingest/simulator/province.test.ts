import { expect, test } from 'vitest'
import { devicesCsv, schoolsCsv } from '../../../ingest/simulator/province/csv.ts'
import { LEVELS, spread, wholeShares } from '../../../ingest/simulator/province/levels.ts'
import { createProvince } from '../../../ingest/simulator/province/province.ts'
import type { SimSchool } from '../../../ingest/simulator/province/school.ts'
import { DeviceCode, SchoolCode } from '../../../shared/contract/primitives.ts'
import { areasData } from '../../../shared/db/reference.ts'

const { schools } = createProvince(102, 1517)
const sum = (list: readonly SimSchool[], of: (school: SimSchool) => number) =>
  list.reduce((total, school) => total + of(school), 0)
const ofLevel = (level: string) => schools.filter((school) => school.level === level)
const devices = schools.flatMap((school) => school.devices)
const count = (kind: string) => devices.filter((device) => device.kind === kind).length

test('there are 1,517 schools with 945,000 pupils, in every commune and former district', () => {
  expect(schools).toHaveLength(1517)
  expect(sum(schools, (school) => school.enrolment)).toBe(945_000)
  expect(new Set(schools.map((school) => school.commune)).size).toBe(130)
  expect(new Set(schools.map((school) => school.district)).size).toBe(21)
})

test.each([
  ['preschool', 536, 0.21],
  ['primary', 484, 0.35],
  ['lower_secondary', 390, 0.27],
  ['upper_secondary', 88, 0.14],
  ['continuing', 19, 0.03],
])('%s has %i schools and its share of the pupils (%f)', (level, number, share) => {
  expect(ofLevel(level)).toHaveLength(number)
  expect(sum(ofLevel(level), (school) => school.enrolment) / 945_000).toBeCloseTo(share, 4)
})

test('classes add up to the enrolment and are as large as classes are', () => {
  for (const school of schools) {
    expect(sum([school], (one) => one.classes.reduce((all, { pupils }) => all + pupils, 0))).toBe(
      school.enrolment,
    )
    expect(new Set(school.classes.map(({ name }) => name)).size).toBe(school.classes.length)
  }
  const sizes = schools.flatMap((school) => school.classes.map(({ pupils }) => pupils))
  const mean = sizes.reduce((a, b) => a + b, 0) / sizes.length
  expect(mean).toBeGreaterThan(30)
  expect(mean).toBeLessThan(36)
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(15)
  expect(Math.max(...sizes)).toBeLessThanOrEqual(45)
})

test('schools are smaller in the mountains and there are more of them for the pupils', () => {
  const mean = (terrain: string) => {
    const primary = ofLevel('primary').filter((school) => school.terrain === terrain)
    return sum(primary, (school) => school.enrolment) / primary.length
  }
  expect(mean('high-mountain')).toBeLessThan(0.75 * mean('plain'))
})

test('every name says that it is simulated, and codes fit the contract and differ', () => {
  for (const school of schools) {
    expect(school.name).toMatch(/ \(mô phỏng\)$/)
    expect(SchoolCode.safeParse(school.code).success).toBe(true)
    for (const device of school.devices) expect(DeviceCode.safeParse(device.code).success).toBe(true)
    expect(new Set(school.devices.map(({ code }) => code)).size).toBe(school.devices.length)
  }
  expect(new Set(schools.map(({ code }) => code)).size).toBe(1517)
  expect(new Set(schools.map(({ name }) => name)).size).toBe(1517)
})

test('a school lies by its commune, which lay in its former district, and has its terrain', () => {
  const { communes, districts } = areasData()
  for (const school of schools) {
    const commune = communes.find(({ code }) => code === school.commune)!
    expect(commune.formerUnits2022).toContain(school.district)
    expect(Math.hypot(school.lat - commune.lat, school.lon - commune.lon)).toBeLessThan(0.03)
    expect(school.terrain).toBe(districts.find(({ code }) => code === school.district)!.terrain)
  }
})

test('about 4,500 devices send about 50 messages a second', () => {
  expect(count('gateway')).toBe(1517)
  expect(count('room')).toBeGreaterThan(2_300)
  expect(count('river')).toBe(2)
  expect(new Set(devices.filter(({ kind }) => kind === 'river').map((one) => one.riverStation))).toEqual(
    new Set(['nam-dan', 'dua']),
  )
  expect(devices.length).toBeGreaterThan(4_200)
  expect(devices.length).toBeLessThan(4_800)
  const rate = devices.reduce((all, { intervalS }) => all + 1 / intervalS, 0)
  expect(rate).toBeGreaterThan(42)
  expect(rate).toBeLessThan(55)
})

test('no two room sensors of a school measure the same class', () => {
  for (const school of schools) {
    const rooms = school.devices.filter(({ kind }) => kind === 'room').map(({ classIndex }) => classIndex)
    expect(new Set(rooms).size).toBe(rooms.length)
    for (const room of rooms) expect(school.classes[room]).toBeDefined()
  }
})

test('weeks hold nine to eleven sessions, with Saturday mornings for secondary schools only', () => {
  for (const school of schools) {
    const sessions = school.sessions.reduce((all, { weekdays }) => all + weekdays.length, 0)
    expect(sessions).toBeLessThanOrEqual(11)
    if (school.level === 'primary' || school.level === 'preschool') expect(sessions).toBeGreaterThanOrEqual(9)
    const saturday = school.sessions.some(({ weekdays }) => weekdays.includes(6))
    expect(saturday).toBe(school.level.endsWith('_secondary'))
  }
})

test('the same seed gives the same files, another seed gives others', () => {
  const again = createProvince(102, 1517)
  const first = { seed: 102, schools }
  expect(schoolsCsv(again)).toBe(schoolsCsv(first))
  expect(devicesCsv(again)).toBe(devicesCsv(first))
  expect(schoolsCsv(createProvince(103, 1517))).not.toBe(schoolsCsv(first))
})

test.each([[1], [7], [60], [300]])('%i schools are a whole small province', (number) => {
  const small = createProvince(5, number).schools
  expect(small).toHaveLength(number)
  expect(new Set(small.map(({ district }) => district)).size).toBeGreaterThanOrEqual(
    Math.min(number, 21) * 0.6,
  )
  const pupils = sum(small, (school) => school.enrolment) / number
  if (number >= 60) expect(Math.abs(pupils - 945_000 / 1517)).toBeLessThan(40)
})

test('shares are whole numbers that add up, as near to the weights as they can be', () => {
  expect(wholeShares(10, [1, 1, 1])).toEqual([4, 3, 3])
  expect(wholeShares(1498, [548, 495, 399, 90])).toEqual([536, 484, 390, 88])
  expect(LEVELS.slice(0, 4).map(({ schools: number }) => number)).toEqual([536, 484, 390, 88])
})

test('things are spread over places by weight, in the order of the places', () => {
  expect(spread(4, [1, 3], 0.5)).toEqual([0, 1, 1, 1])
  expect(spread(2, [1, 1, 1, 1], 0.5)).toEqual([1, 3])
  expect(spread(3, [5], 0)).toEqual([0, 0, 0])
})
