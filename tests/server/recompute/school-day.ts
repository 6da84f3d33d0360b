import type { Database } from '../../../shared/db/connect.ts'
import { addDays, MINUTE_MS, momentOf, SLOT_MS } from '../../../shared/domain/time.ts'
import {
  type HandClock,
  METRIC,
  type TestProvince,
  type TestReading,
  writeReadings,
  writeRolls,
  writeStatuses,
} from '../harness.ts'

export const DAY = '2026-11-23'
export const LAST_WEEK = addDays(DAY, -7)

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/**
 * Plays a school day in steps of one slot: readings of which some come late, silent gateways, a power cut, rolls with
 * corrections and faults, a school that closes during the morning and says so later, and rolls of last week.
 * `afterStep` is called with the clock set two minutes into the next slot.
 */
export async function playDay(
  database: Database,
  province: TestProvince,
  clock: HandClock,
  span: { from: string; until: string },
  afterStep: (time: number) => Promise<void>,
): Promise<void> {
  const random = randomFrom(7)
  const waiting: { at: number; readings: TestReading[] }[] = []
  const until = momentOf(DAY, span.until)
  for (let slot = momentOf(DAY, span.from); slot < until; slot += SLOT_MS) {
    const onTime: TestReading[] = []
    for (const reading of readingsOf(province, slot, random)) {
      if (random() < 0.03) {
        waiting.push({ at: slot + Math.floor(random() * 12) * SLOT_MS, readings: [reading] })
      } else onTime.push(reading)
    }
    clock.at = slot + SLOT_MS + 5_000
    await writeReadings(database, onTime)
    const due = waiting.filter((late) => late.at <= slot)
    for (const late of due) waiting.splice(waiting.indexOf(late), 1)
    await writeReadings(
      database,
      due.flatMap((late) => late.readings),
    )
    await writeEvents(database, province, slot, random)
    clock.at = slot + SLOT_MS + 2 * MINUTE_MS
    await afterStep(clock.at)
  }
}

function readingsOf(province: TestProvince, slot: number, random: () => number): TestReading[] {
  const noon = (slot - momentOf(DAY, '12:00')) / (6 * 3_600_000)
  const readings: TestReading[] = []
  const add = (device: number, metric: number, value: number) => {
    for (const second of [20, 140]) {
      readings.push({
        device,
        metric,
        at: slot + (second + Math.floor(random() * 60)) * 1000,
        value: Math.round(value * (0.97 + random() * 0.06) * 10) / 10,
      })
    }
  }
  province.schools.forEach((school, n) => {
    if (random() < 0.03) return
    const cut = slot >= momentOf(DAY, '09:00') && slot < momentOf(DAY, '09:40') && n % 3 === 0
    add(school.gateway, METRIC.power, cut ? 0 : 1)
    school.rooms.forEach((room, r) => {
      if (random() < 0.05) return
      add(room, METRIC.co2, 700 + 120 * n * (1 + r) * random())
      add(room, METRIC.temperature, 29 + 5 * (1 - noon * noon) + r)
    })
    add(school.yard, METRIC.yard_depth, n === 1 ? 14 : 0)
  })
  add(province.river, METRIC.river_level, 5 + 2 * Math.max(0, 1 - noon * noon))
  return readings
}

async function writeEvents(
  database: Database,
  province: TestProvince,
  slot: number,
  random: () => number,
): Promise<void> {
  const is = (time: string) => slot === momentOf(DAY, time)
  if (is('06:40')) {
    await writeStatuses(
      database,
      province.schools.slice(0, -1).map(({ id }) => ({ school: id, since: slot, open: true })),
    )
  }
  const [first, second, third] = province.schools
  if (is('09:30')) {
    const since = momentOf(DAY, '08:37')
    await writeStatuses(database, [
      { school: second!.id, since, open: false, reason: 'ngập', receivedAt: slot },
      // Known before the roll was due, said afterwards.
      { school: third!.id, since: momentOf(DAY, '07:30'), open: false, receivedAt: slot },
    ])
  }
  if (is('14:00')) await writeStatuses(database, [{ school: second!.id, since: slot, open: true }])
  if (is('10:00')) {
    const since = momentOf(LAST_WEEK, '06:00')
    await writeStatuses(database, [{ school: first!.id, since, open: false, receivedAt: slot }])
  }
  for (const [session, from, until] of [
    ['morning', '07:00', '07:30'],
    ['afternoon', '13:50', '14:10'],
  ] as const) {
    if (slot < momentOf(DAY, from) || slot >= momentOf(DAY, until)) continue
    for (const day of session === 'morning' ? [DAY, LAST_WEEK] : [DAY]) {
      await writeRolls(
        database,
        province.schools.map((school) => roll(school.id, day, session, slot, random)),
      )
    }
  }
  if (is('08:30')) {
    await writeRolls(
      database,
      province.schools.map((school) => ({
        ...roll(school.id, DAY, 'morning', momentOf(DAY, '07:00'), random),
        revision: 2,
      })),
    )
  }
}

function roll(
  school: number,
  day: string,
  session: 'morning' | 'afternoon',
  slot: number,
  random: () => number,
) {
  const enrolled = 25 + Math.floor(random() * 15)
  const excused = Math.floor(random() * 3)
  const unexcused = Math.floor(random() * 2)
  const present = enrolled - excused - unexcused - (random() < 0.1 ? 1 : 0)
  const late = Math.floor(random() * 3)
  const name = `L${(slot / SLOT_MS) % 1000}`
  return { school, day, session, class: name, enrolled, present, late, excused, unexcused, takenAt: slot }
}
