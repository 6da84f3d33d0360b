import type { SchoolLevel, Terrain } from '../../../shared/contract/primitives.ts'

/**
 * Sizes of the sector: 1,517 schools and 945,000 pupils at the opening day of 2025, 19 of them continuing-education
 * centres, the others by level as in 2020-21 (548 : 495 : 399 : 90). The split of pupils is a proposal of the
 * domain facts, section 2.
 */
export const WHOLE_PROVINCE = 1517
export const ALL_PUPILS = 945_000

export interface LevelFacts {
  level: SchoolLevel
  schools: number
  /** Share of all pupils. */
  pupils: number
  smallestSchool: number
  classSize: number
  /** First part of class names: one a grade. */
  grades: readonly string[]
  /** Letters in school codes: mầm non, tiểu học, cơ sở, phổ thông, thường xuyên. */
  initials: string
  nameVi: string
}

export const LEVELS: readonly LevelFacts[] = [
  {
    level: 'preschool',
    schools: 536,
    pupils: 0.21,
    smallestSchool: 90,
    classSize: 28,
    grades: ['MG3', 'MG4', 'MG5'],
    initials: 'MN',
    nameVi: 'Trường Mầm non',
  },
  {
    level: 'primary',
    schools: 484,
    pupils: 0.35,
    smallestSchool: 140,
    classSize: 32,
    grades: ['1', '2', '3', '4', '5'],
    initials: 'TH',
    nameVi: 'Trường Tiểu học',
  },
  {
    level: 'lower_secondary',
    schools: 390,
    pupils: 0.27,
    smallestSchool: 140,
    classSize: 38,
    grades: ['6', '7', '8', '9'],
    initials: 'CS',
    nameVi: 'Trường THCS',
  },
  {
    level: 'upper_secondary',
    schools: 88,
    pupils: 0.14,
    smallestSchool: 450,
    classSize: 41,
    grades: ['10A', '11A', '12A'],
    initials: 'PT',
    nameVi: 'Trường THPT',
  },
  {
    level: 'continuing',
    schools: 19,
    pupils: 0.03,
    smallestSchool: 300,
    classSize: 38,
    grades: ['10C', '11C', '12C'],
    initials: 'TX',
    nameVi: 'Trung tâm GDNN-GDTX',
  },
]

/** How many more, and so smaller, schools the same number of pupils has: villages lie far apart in the mountains. */
export const SCHOOLS_PER_PUPIL: Record<Terrain, number> = {
  coastal: 1,
  plain: 1,
  midland: 1.1,
  mountain: 1.35,
  'high-mountain': 1.9,
}

/** Parts of `total` in proportion to weights, whole numbers that add up to it (largest remainder). */
export function wholeShares(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0)
  const exact = weights.map((weight) => (total * weight) / sum)
  const shares = exact.map(Math.floor)
  const left = total - shares.reduce((a, b) => a + b, 0)
  const byRemainder = exact.map((value, i) => ({ i, rest: value - Math.floor(value) }))
  byRemainder.sort((a, b) => b.rest - a.rest || a.i - b.i)
  for (const { i } of byRemainder.slice(0, left)) shares[i]!++
  return shares
}

/**
 * Which place each of `count` things goes to, by weight: systematic sampling, so that even a few schools spread
 * over the whole province. `start` in [0, 1) moves the comb.
 */
export function spread(count: number, weights: readonly number[], start: number): number[] {
  const sum = weights.reduce((a, b) => a + b, 0)
  const places: number[] = []
  let reached = 0
  weights.forEach((weight, place) => {
    reached += weight
    while (places.length < count && ((places.length + start) * sum) / count < reached) places.push(place)
  })
  while (places.length < count) places.push(weights.length - 1)
  return places
}
