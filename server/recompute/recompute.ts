import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import { DAY_MS, MINUTE_MS, startOfDay } from '../../shared/domain/time.ts'
import { type DaySums, sumKey } from './day-sums.ts'

const LESSON_SLOTS = sql(import.meta.url, './sql/lesson-slots.sql')
const SESSION_SUMS = sql(import.meta.url, './sql/session-sums.sql')
const ROOM_SUMS = sql(import.meta.url, './sql/room-sums.sql')
const GATEWAY_SUMS = sql(import.meta.url, './sql/gateway-sums.sql')
const ONLINE_SUMS = sql(import.meta.url, './sql/online-sums.sql')
const WATER_MAXIMA = sql(import.meta.url, './sql/water-maxima.sql')

/** Raw rows are read in spans of this length: one statement over a whole day would hold up everybody else. */
const SPAN_MS = 15 * MINUTE_MS

export interface RecomputeOptions {
  day: string
  /** Sessions started and statuses said by this moment count (milliseconds). */
  now: number
  /** Slots that end by this moment count (milliseconds). */
  closedUntil: number
}

/** All sums of a day from raw rows, by statements that share nothing with the engine's definitions. */
export async function recompute(database: Queryable, options: RecomputeOptions): Promise<DaySums> {
  const { day, now } = options
  const sums: DaySums = new Map()
  const sessions = await database.query<{
    indicator: string
    period: string
    school: number
    numerator: number
    denominator: number
  }>(SESSION_SUMS, [day, new Date(now)])
  for (const { indicator, period, school, numerator, denominator } of sessions.rows) {
    sums.set(sumKey(indicator, period, school), { numerator, denominator })
  }
  const start = startOfDay(day)
  const until = Math.min(options.closedUntil, start + DAY_MS)
  const rooms = new Map<number, { school: number; exceeded: boolean }>()
  for (let from = start; from < until; from += SPAN_MS) {
    const span: Span = { day, from, until: Math.min(from + SPAN_MS, until) }
    await addLessons(database, span, sums, rooms)
    await addOnline(database, span, sums)
    await addWater(database, span, sums)
  }
  for (const { school, exceeded } of rooms.values()) {
    add(sums, sumKey('co2-rooms-over', 'day', school), exceeded ? 1 : 0, 1)
  }
  return sums
}

interface Span {
  day: string
  from: number
  until: number
}

async function addLessons(
  database: Queryable,
  { day, from, until }: Span,
  sums: DaySums,
  rooms: Map<number, { school: number; exceeded: boolean }>,
): Promise<void> {
  const edges = [new Date(from), new Date(until)]
  const lessons = await database.query<{ school: number; slot: number }>(LESSON_SLOTS, [day, ...edges])
  if (lessons.rows.length === 0) return
  const schools = lessons.rows.map((lesson) => lesson.school)
  const slots = lessons.rows.map((lesson) => new Date(lesson.slot))
  const measured = await database.query<{
    school: number
    device: number
    good: number
    measured: number
    hot: number
    heatMeasured: number
    exceeded: boolean
  }>(ROOM_SUMS, [day, schools, slots, ...edges])
  for (const room of measured.rows) {
    add(sums, sumKey('co2-good-share', 'day', room.school), room.good, room.measured)
    add(sums, sumKey('heat-room-share', 'day', room.school), room.hot, room.heatMeasured)
    if (room.measured === 0) continue
    const exceeded = room.exceeded || rooms.get(room.device)?.exceeded === true
    rooms.set(room.device, { school: room.school, exceeded })
  }
  const gateways = await database.query<{
    school: number
    powered: number
    powerMeasured: number
    linked: number
    expected: number
  }>(GATEWAY_SUMS, [day, schools, slots, ...edges])
  for (const row of gateways.rows) {
    add(sums, sumKey('power-availability', 'day', row.school), row.powered, row.powerMeasured)
    add(sums, sumKey('internet-availability', 'day', row.school), row.linked, row.expected)
  }
}

async function addOnline(database: Queryable, { day, from, until }: Span, sums: DaySums): Promise<void> {
  const { rows } = await database.query<{ school: number; seen: number; expected: number }>(ONLINE_SUMS, [
    day,
    new Date(from),
    new Date(until),
  ])
  for (const row of rows) add(sums, sumKey('device-online-rate', 'day', row.school), row.seen, row.expected)
}

async function addWater(database: Queryable, { day, from, until }: Span, sums: DaySums): Promise<void> {
  const { rows } = await database.query<{ indicator: string; school: number; maximum: number }>(
    WATER_MAXIMA,
    [day, new Date(from), new Date(until)],
  )
  for (const { indicator, school, maximum } of rows) {
    const key = sumKey(indicator, 'day', school)
    const highest = Math.max(maximum, sums.get(key)?.numerator ?? maximum)
    sums.set(key, { numerator: highest, denominator: 1 })
  }
}

function add(sums: DaySums, key: string, numerator: number, denominator: number): void {
  const sum = sums.get(key)
  sums.set(key, {
    numerator: (sum?.numerator ?? 0) + numerator,
    denominator: (sum?.denominator ?? 0) + denominator,
  })
}
