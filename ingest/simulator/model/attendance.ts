import type { SchoolLevel, SchoolSessionName, Terrain } from '../../../shared/contract/primitives.ts'
import { weekdayOf } from '../../../shared/domain/time.ts'
import type { SimSchool } from '../province/school.ts'
import { binomial, keyOf, normal } from '../random.ts'
import { dayKey, isRainy } from './weather.ts'

/** The roll of one class: present includes late; present + excused + unexcused = enrolled. */
export interface RollCounts {
  enrolled: number
  present: number
  late: number
  excused: number
  unexcused: number
}

const [SCHOOL, ABSENT, EXCUSED, LATE] = ['school habit', 'absent', 'excused', 'late'].map(keyOf) as [
  number,
  number,
  number,
  number,
]
const SESSION_KEY: Record<SchoolSessionName, number> = { morning: 1, afternoon: 2 }

/** Share of pupils absent on an ordinary day on the plain: small children are kept home easily. */
const USUAL_ABSENCE: Record<SchoolLevel, number> = {
  preschool: 0.042,
  primary: 0.014,
  lower_secondary: 0.017,
  upper_secondary: 0.02,
  continuing: 0.055,
}
/** Of those, the share with an excuse. */
const EXCUSED_SHARE: Record<SchoolLevel, number> = {
  preschool: 0.94,
  primary: 0.9,
  lower_secondary: 0.78,
  upper_secondary: 0.72,
  continuing: 0.55,
}
const LATE_SHARE: Record<SchoolLevel, number> = {
  preschool: 0.004,
  primary: 0.008,
  lower_secondary: 0.013,
  upper_secondary: 0.018,
  continuing: 0.03,
}
/** ISO weekday 1 to 7: the ends of the week are longer. */
const WEEKDAY = [1.15, 0.95, 0.9, 0.95, 1.15, 1.35, 1.35]
const FAR_FROM_SCHOOL: Record<Terrain, number> = {
  coastal: 0.95,
  plain: 0.9,
  midland: 1,
  mountain: 1.25,
  'high-mountain': 1.6,
}
const RAIN = 1.2
const MOST_ABSENT = 0.6
export const OUTBREAK_FACTOR = 4

export interface RollQuestion {
  school: SimSchool
  classIndex: number
  day: string
  session: SchoolSessionName
  /** 1 on an ordinary day; an outbreak multiplies those absent with an excuse. */
  excusedFactor: number
}

/** Who is there in one class at one session: the same answer whenever it is asked. */
export function rollCounts({ school, classIndex, day, session, excusedFactor }: RollQuestion): RollCounts {
  const enrolled = school.classes[classIndex]!.pupils
  const key = [school.key, dayKey(day), SESSION_KEY[session], classIndex] as const
  const habit = Math.exp(0.25 * normal(school.key, SCHOOL))
  const rain = isRainy(school, day) ? RAIN : 1
  const weekday = WEEKDAY[weekdayOf(day) - 1]!
  const share = USUAL_ABSENCE[school.level] * weekday * FAR_FROM_SCHOOL[school.terrain] * habit * rain
  const withExcuse = Math.min(MOST_ABSENT, share * EXCUSED_SHARE[school.level] * excusedFactor)
  const excused = binomial(enrolled, withExcuse, ...key, EXCUSED)
  const without = share * (1 - EXCUSED_SHARE[school.level])
  const unexcused = binomial(enrolled - excused, without, ...key, ABSENT)
  const present = enrolled - excused - unexcused
  return {
    enrolled,
    present,
    late: binomial(present, LATE_SHARE[school.level], ...key, LATE),
    excused,
    unexcused,
  }
}
