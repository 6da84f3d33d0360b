import type { CheckinBody } from '../../../shared/contract/attendance.ts'
import type { CalendarEntry } from '../../../shared/domain/calendar.ts'
import { MINUTE_MS } from '../../../shared/domain/time.ts'
import type { SimSchool } from '../province/school.ts'
import { chance, keyOf, mix, normal, uniform } from '../random.ts'
import { ownClosure, schoolSessions } from './school-day.ts'
import { dayKey } from './weather.ts'

const [PASSES, WHEN, GATE] = ['passes', 'when', 'which gate'].map(keyOf) as [number, number, number]

/** Share of pupils who pass the counted gate: some are absent, some use another way. */
const COUNTED_SHARE = 0.93
/** A gate sends what it counted at this pace. */
const BATCH_MS = 30_000

/** What the gate of a school counted in one stretch of half a minute. */
export interface GateBatch {
  at: number
  school: SimSchool
  passages: CheckinBody[]
}

/** All passages of a day at the schools whose gates count, as the gates send them. */
export function planGates(
  schools: readonly SimSchool[],
  day: string,
  calendar: readonly CalendarEntry[],
): GateBatch[] {
  const batches = schools
    .filter((school) => school.gate && !ownClosure(school, day))
    .flatMap((school) => schoolBatches(school, day, calendar))
  return batches.sort((a, b) => a.at - b.at)
}

interface Wave {
  name: string
  direction: CheckinBody['direction']
  peak: number
  spreadMs: number
}

function schoolBatches(school: SimSchool, day: string, calendar: readonly CalendarEntry[]): GateBatch[] {
  const batches = new Map<number, CheckinBody[]>()
  for (const wave of schoolWaves(school, day, calendar)) {
    const key = mix(school.key, dayKey(day), keyOf(wave.name))
    for (let pupil = 0; pupil < school.enrolment; pupil++) {
      if (!chance(COUNTED_SHARE, key, pupil, PASSES)) continue
      const ts = Math.floor(wave.peak + wave.spreadMs * normal(key, pupil, WHEN))
      const gate = uniform(key, pupil, GATE) < 0.7 ? 'chính' : 'phụ'
      // The number says nothing about who passed: it is an order of chance, new on every day.
      const passage = {
        id: `${school.code}-${day}-${wave.name}-${pupil}`,
        ts,
        direction: wave.direction,
        gate,
      }
      const at = Math.ceil(ts / BATCH_MS) * BATCH_MS
      const batch = batches.get(at)
      if (batch) batch.push(passage)
      else batches.set(at, [passage])
    }
  }
  return [...batches].map(([at, passages]) => ({ at, school, passages }))
}

/** In before each session and out after it; where children stay for lunch, only in the morning and at the end. */
function schoolWaves(school: SimSchool, day: string, calendar: readonly CalendarEntry[]): Wave[] {
  const sessions = schoolSessions(school, day, calendar)
  return sessions.flatMap(({ session, startsAt, endsAt }, i) => {
    const arrive: Wave = {
      name: `${session}-in`,
      direction: 'in',
      peak: startsAt - 12 * MINUTE_MS,
      spreadMs: 6 * MINUTE_MS,
    }
    const leave: Wave = {
      name: `${session}-out`,
      direction: 'out',
      peak: endsAt + 6 * MINUTE_MS,
      spreadMs: 3 * MINUTE_MS,
    }
    const staysBefore = school.lunch && i > 0
    const staysAfter = school.lunch && i < sessions.length - 1
    return [...(staysBefore ? [] : [arrive]), ...(staysAfter ? [] : [leave])]
  })
}
