import type { SchoolLevel, Terrain } from '../../../shared/contract/primitives.ts'
import { chance, keyOf, mix, normal, uniform } from '../random.ts'
import { type SimCommune, simCommunes } from './communes.ts'
import { placeRiverGauges, schoolDevices } from './devices.ts'
import { ALL_PUPILS, LEVELS, type LevelFacts, SCHOOLS_PER_PUPIL, spread, wholeShares } from './levels.ts'
import type { Province, SimClass, SimSchool } from './school.ts'
import { simSessions } from './sessions.ts'

const [PLACE, SIZE, POSITION, OWNER, BRANCH, RIVER, LUNCH, GATE] = [
  'place',
  'size',
  'position',
  'owner',
  'branch',
  'river',
  'lunch',
  'gate',
].map(keyOf) as [number, number, number, number, number, number, number, number]

/** Share of the schools of a former district that lie where the river of a station can reach them. */
const ALONG_THE_RIVER: Record<string, { station: string; share: number }> = {
  '424': { station: 'dua', share: 0.5 },
  '427': { station: 'dua', share: 0.3 },
  '428': { station: 'dua', share: 0.3 },
  '430': { station: 'nam-dan', share: 0.6 },
  '431': { station: 'nam-dan', share: 0.4 },
  '412': { station: 'nam-dan', share: 0.1 },
}

/** 84 of 1,507 schools were private in 2025, most of them preschools in town. */
const PRIVATE_SHARE: Partial<Record<SchoolLevel, number>> = { preschool: 0.12, upper_secondary: 0.2 }
const GATE_SHARE = 0.05

/** The simulated province: the same seed and number of schools always give the same one. */
export function createProvince(seed: number, schools: number): Province {
  const communes = simCommunes()
  const counts = wholeShares(
    schools,
    LEVELS.map((facts) => facts.schools),
  )
  const all = LEVELS.flatMap((facts, i) => levelSchools(seed, facts, counts[i]!, communes))
  placeRiverGauges(all)
  return { seed, schools: all }
}

function levelSchools(seed: number, facts: LevelFacts, count: number, communes: SimCommune[]): SimSchool[] {
  if (count === 0) return []
  const levelKey = mix(seed, keyOf(facts.level))
  const density = communes.map((commune) => commune.people * SCHOOLS_PER_PUPIL[commune.terrain])
  const places = spread(count, density, uniform(levelKey, PLACE)).map((place) => communes[place]!)
  const sizes = schoolSizes(facts, places, levelKey)
  return places.map((commune, i) => {
    const inCommune = places.filter((place) => place === commune)
    const number = places.slice(0, i + 1).filter((place) => place === commune).length
    const name = `${facts.nameVi} ${commune.name}${inCommune.length > 1 ? ` ${number}` : ''} (mô phỏng)`
    return buildSchool(mix(levelKey, i), facts, commune, sizes[i]!, {
      code: `MP-${facts.initials}-${String(i + 1).padStart(4, '0')}`,
      name,
    })
  })
}

/** Pupils by school: smaller where schools are many for few pupils, with the spread of real schools. */
function schoolSizes(facts: LevelFacts, places: readonly SimCommune[], key: number): number[] {
  const total = Math.round((ALL_PUPILS * facts.pupils * places.length) / facts.schools)
  const weights = places.map((commune, i) => {
    const ward = commune.terrain === 'plain' ? 1.1 : 1
    return (ward / SCHOOLS_PER_PUPIL[commune.terrain]) * Math.exp(0.3 * normal(key, SIZE, i))
  })
  const rest = total - facts.smallestSchool * places.length
  return wholeShares(rest, weights).map((share) => share + facts.smallestSchool)
}

function buildSchool(
  key: number,
  facts: LevelFacts,
  commune: SimCommune,
  enrolment: number,
  identity: { code: string; name: string },
): SimSchool {
  const river = ALONG_THE_RIVER[commune.district]
  const near = (degrees: number, which: number) =>
    Math.round((degrees + 0.018 * (2 * uniform(key, POSITION, which) - 1)) * 1e5) / 1e5
  const school: SimSchool = {
    key,
    ...identity,
    level: facts.level,
    ownership: chance(PRIVATE_SHARE[facts.level] ?? 0, key, OWNER) ? 'private' : 'public',
    terrain: commune.terrain,
    commune: commune.code,
    district: commune.district,
    lat: near(commune.lat, 1),
    lon: near(commune.lon, 2),
    enrolment,
    classes: schoolClasses(facts, enrolment, commune.terrain),
    sessions: simSessions(key, facts.level),
    branchSites: branchSites(key, facts.level, commune.terrain),
    riverStation: river && chance(river.share, key, RIVER) ? river.station : null,
    lunch: facts.level === 'preschool' || (facts.level === 'primary' && chance(0.4, key, LUNCH)),
    gate: chance(GATE_SHARE, key, GATE),
    devices: [],
  }
  school.devices = schoolDevices(school)
  return school
}

function schoolClasses(facts: LevelFacts, enrolment: number, terrain: Terrain): SimClass[] {
  const size = facts.classSize * (terrain.endsWith('mountain') ? 0.88 : 1)
  const count = Math.max(facts.grades.length, Math.round(enrolment / size))
  const pupils = wholeShares(enrolment, new Array<number>(count).fill(1))
  const perGrade = wholeShares(count, new Array<number>(facts.grades.length).fill(1))
  const names = facts.grades.flatMap((grade, g) =>
    Array.from({ length: perGrade[g]! }, (_, i) =>
      // Grades that end in a letter count their classes (10A1), the others letter them (6A).
      /[A-Z]$/.test(grade) ? `${grade}${i + 1}` : `${grade}${String.fromCharCode(65 + i)}`,
    ),
  )
  return names.map((name, i) => ({ name, pupils: pupils[i]! }))
}

/** About 880 branch sites in the province: preschools and primary schools, most of them in the mountains. */
function branchSites(key: number, level: SchoolLevel, terrain: Terrain): string[] {
  if (level !== 'preschool' && level !== 'primary') return []
  const most = terrain === 'high-mountain' ? 5 : terrain === 'mountain' ? 3 : 1.6
  const count = Math.floor(most * uniform(key, BRANCH))
  return Array.from({ length: count }, (_, i) => `Điểm lẻ ${i + 1}`)
}
