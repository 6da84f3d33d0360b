import type { Queryable } from '../../shared/db/connect.ts'
import { indicatorsData } from '../../shared/db/reference.ts'
import { sql } from '../../shared/db/sql.ts'
import { DAY_MS, startOfDay } from '../../shared/domain/time.ts'
import { type Comparison, compareSums, type DaySums, sumKey } from './day-sums.ts'
import { recompute } from './recompute.ts'

const DAY_HAS_READINGS = sql(import.meta.url, './sql/day-has-readings.sql')
const STORED_SUMS = sql(import.meta.url, './sql/stored-sums.sql')
const SCHOOLS_CHANGED_SINCE = sql(import.meta.url, './sql/schools-changed-since.sql')
const PROGRESS = sql(import.meta.url, './sql/engine-progress.sql')

export interface CheckOptions {
  day: string
  /** The moment to judge sessions by, in milliseconds; asked for anew with every try. */
  now(): number
  /** A day that goes on changes while it is read: differences are looked at again for this long, in real time. */
  patienceMs: number
}

export interface Progress {
  closedUntil: number
  /** Position of the journal up to which the engine has saved. */
  xid: string
  seq: string
  /** Whether the journal has changes that the engine has not dealt with. */
  behind: boolean
}

const PAUSE_MS = 2_000

/** Recomputes a day and compares it with what the engine stored, until they agree or patience ends. */
export async function checkDay(database: Queryable, options: CheckOptions): Promise<Comparison> {
  const until = Date.now() + options.patienceMs
  for (;;) {
    const progress = await readProgress(database)
    const stored = await readStored(database, options.day)
    const counts = await countsReadings(database, options.day, stored)
    const recomputed = await recompute(database, {
      day: options.day,
      now: options.now(),
      closedUntil: counts ? (progress?.closedUntil ?? 0) : 0,
    })
    const comparison = leaveOut(
      compareSums(
        stored,
        recomputed,
        indicatorsData().map((indicator) => indicator.id),
      ),
      await changedSince(database, progress),
    )
    if (comparison.differences.length === 0 || Date.now() + PAUSE_MS > until) return comparison
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
}

/** How far the engine has saved; undefined when it never did. */
export async function readProgress(database: Queryable): Promise<Progress | undefined> {
  const { rows } = await database.query<Progress>(PROGRESS)
  return rows[0]
}

/** Schools that the raw rows, read later, may know more of than the sums saved at `progress`. */
async function changedSince(database: Queryable, progress: Progress | undefined): Promise<Set<number>> {
  if (!progress) return new Set()
  const { rows } = await database.query<{ school: number }>(SCHOOLS_CHANGED_SINCE, [
    progress.xid,
    progress.seq,
  ])
  return new Set(rows.map((row) => row.school))
}

/** While rolls come in, the schools that changed during the look itself cannot be judged by it. */
function leaveOut(comparison: Comparison, changed: ReadonlySet<number>): Comparison {
  const differences = comparison.differences.filter(
    (difference) => difference.period === 'day' || !changed.has(difference.school),
  )
  const summaries = comparison.summaries.map((summary) => ({
    ...summary,
    differences: differences.filter((difference) => difference.indicator === summary.indicator).length,
  }))
  return { summaries, differences, leftOut: changed.size }
}

/** A day from before there were any devices to hear has rolls only; nobody was expected to be online. */
async function countsReadings(database: Queryable, day: string, stored: DaySums): Promise<boolean> {
  for (const key of stored.keys()) if (key.startsWith('device-online-rate ')) return true
  const start = startOfDay(day)
  const span = [new Date(start), new Date(start + DAY_MS)]
  const { rows } = await database.query<{ has: boolean }>(DAY_HAS_READINGS, span)
  return rows[0]!.has
}

async function readStored(database: Queryable, day: string): Promise<DaySums> {
  const { rows } = await database.query<{
    indicator: string
    period: string
    school: number
    numerator: number
    denominator: number
  }>(STORED_SUMS, [day])
  return new Map(
    rows.map(({ indicator, period, school, numerator, denominator }) => [
      sumKey(indicator, period, school),
      { numerator, denominator },
    ]),
  )
}
