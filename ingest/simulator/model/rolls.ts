import type { RollBody } from '../../../shared/contract/attendance.ts'
import type { SchoolSessionName } from '../../../shared/contract/primitives.ts'
import type { CalendarEntry } from '../../../shared/domain/calendar.ts'
import { MINUTE_MS, minuteOfDay } from '../../../shared/domain/time.ts'
import type { SimSchool } from '../province/school.ts'
import { between, chance, keyOf, normal, uniform } from '../random.ts'
import { ownDelay, type Scenario } from '../scenario.ts'
import { OUTBREAK_FACTOR, rollCounts } from './attendance.ts'
import { linkLosses } from './outages.ts'
import { ownClosure, schoolSessions } from './school-day.ts'
import { spanAt } from './span.ts'
import { dayKey } from './weather.ts'

/** A roll that a teacher sends at a moment. Who is in it is worked out when it is sent. */
export interface PlannedRoll {
  at: number
  school: SimSchool
  classIndex: number
  day: string
  session: SchoolSessionName
  revision: number
  takenAt: number
}

const [TAKEN, MISSING, LONG, CORRECTED, NETWORK] = ['taken', 'missing', 'long', 'corrected', 'network'].map(
  keyOf,
) as [number, number, number, number, number]

const MISSING_SHARE = 0.006
/** Teachers who take the roll only when somebody reminds them. */
const LATE_SHARE = 0.025
const CORRECTED_SHARE = 0.04
const SESSION_KEY: Record<SchoolSessionName, number> = { morning: 1, afternoon: 2 }

/** All rolls the schools mean to send on a day, in the order of sending. */
export function planRolls(
  schools: readonly SimSchool[],
  day: string,
  calendar: readonly CalendarEntry[],
): PlannedRoll[] {
  const rolls: PlannedRoll[] = []
  for (const school of schools) {
    if (ownClosure(school, day)) continue
    for (const { session, startsAt } of schoolSessions(school, day, calendar)) {
      const losses = linkLosses(school, day)
      for (let classIndex = 0; classIndex < school.classes.length; classIndex++) {
        const key = [school.key, dayKey(day), SESSION_KEY[session], classIndex] as const
        if (chance(MISSING_SHARE, ...key, MISSING)) continue
        const roll = { school, classIndex, day, session }
        const plan = (revision: number, takenAt: number) => {
          const delay = Math.floor(between(1_000, 15_000, ...key, NETWORK, revision))
          const offline = spanAt(losses, takenAt + delay)
          rolls.push({ ...roll, revision, takenAt, at: (offline?.to ?? takenAt) + delay })
        }
        const takenAt = Math.floor(startsAt + takenAfter(key))
        plan(0, takenAt)
        if (chance(CORRECTED_SHARE, ...key, CORRECTED)) {
          plan(1, Math.floor(takenAt + between(15, 70, ...key, CORRECTED, 1) * MINUTE_MS))
        }
      }
    }
  }
  return rolls.sort((a, b) => a.at - b.at)
}

/** Most rolls are taken in the first quarter of an hour of a session, some of them an hour or two late. */
function takenAfter(key: readonly number[]): number {
  if (chance(LATE_SHARE, ...key, LONG)) return between(50, 150, ...key, TAKEN) * MINUTE_MS
  return MINUTE_MS * Math.min(45, 3 + 10 * Math.exp(0.5 * normal(...key, TAKEN)))
}

/**
 * When a roll really goes out under the scenarios that reach its school: now, later (a moment after `now`), or
 * never, because the school is closed.
 */
export function rollDelay(roll: PlannedRoll, scenarios: readonly Scenario[]): number | undefined {
  for (const scenario of scenarios) {
    const during = roll.takenAt >= scenario.startsAt && roll.takenAt < scenario.endsAt
    if (!during) continue
    if (scenario.name === 'storm') return undefined
    if (scenario.name === 'rollmissing') {
      return scenario.endsAt + ownDelay(scenario, roll.school.key ^ roll.classIndex, 3 * MINUTE_MS)
    }
  }
  return roll.at
}

/** The message of a roll. A first revision may hold an absence whose excuse is settled only in the next one. */
export function rollBody(roll: PlannedRoll, scenarios: readonly Scenario[]): RollBody {
  const { school, classIndex, day, session, revision, takenAt } = roll
  const outbreak = scenarios.some(
    (one) => one.name === 'outbreak' && takenAt >= one.startsAt && takenAt < one.endsAt,
  )
  const counts = rollCounts({
    school,
    classIndex,
    day,
    session,
    excusedFactor: outbreak ? OUTBREAK_FACTOR : 1,
  })
  const key = [school.key, dayKey(day), SESSION_KEY[session], classIndex] as const
  const pending = revision === 0 && counts.excused > 0 && chance(CORRECTED_SHARE, ...key, CORRECTED)
  const name = school.classes[classIndex]!.name
  return {
    id: `${school.code}-${day}-${session}-${name}-${revision}`,
    date: day,
    session,
    class: name,
    revision,
    ...counts,
    excused: counts.excused - (pending ? 1 : 0),
    unexcused: counts.unexcused + (pending ? 1 : 0),
    takenAt,
  }
}

/**
 * The corrections by which an outbreak shows in rolls taken before it began, and by which they return to normal
 * when it ends. `taken` are rolls of the running session that were sent already.
 */
export function outbreakCorrections(
  scenario: Scenario,
  edge: 'startsAt' | 'endsAt',
  taken: readonly PlannedRoll[],
): PlannedRoll[] {
  return taken.map((roll) => {
    const within = Math.min(2 * MINUTE_MS, (scenario.endsAt - scenario.startsAt) / 4)
    const takenAt = Math.floor(scenario[edge] + within * uniform(roll.school.key, roll.classIndex, TAKEN))
    return { ...roll, revision: revisionAt(takenAt), takenAt, at: takenAt }
  })
}

/** A revision that is higher than any planned one and than any made earlier in the day: one each second. */
function revisionAt(moment: number): number {
  return 10 + Math.floor(minuteOfDay(moment) * 60)
}
