import type { SchoolSessionName } from '../../shared/contract/primitives.ts'
import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import { DAY_MS, SLOT_MS, startOfDay } from '../../shared/domain/time.ts'
import { parseSnapshot } from '../feed/visibility.ts'
import type { RollTotals } from './definitions/rolls.ts'
import type { SchoolStatus, StatusHistory } from './school-hours.ts'
import { type DeviceIndex, MEASURES, type Measure, SlotWindow } from './slot-window.ts'

const STATUSES = sql(import.meta.url, './sql/statuses.sql')
const ROLL_TOTALS = sql(import.meta.url, './sql/roll-totals.sql')
const SPAN_READINGS = sql(import.meta.url, './sql/span-readings.sql')
const LAST_SEEN = sql(import.meta.url, './sql/last-seen.sql')

type StatusRow = SchoolStatus & { school: number }

/** What schools said up to the end of a day, by school id; schools undefined: all. */
export async function loadStatuses(
  database: Queryable,
  day: string,
  schools?: readonly number[],
): Promise<Map<number, StatusHistory>> {
  const start = startOfDay(day)
  const { rows } = await database.query<StatusRow>(STATUSES, [
    schools ?? null,
    new Date(start),
    new Date(start + DAY_MS),
  ])
  const histories = new Map<number, SchoolStatus[]>()
  for (const { school, ...status } of rows) {
    const history = histories.get(school)
    if (history) history.push(status)
    else histories.set(school, [status])
  }
  return histories
}

export type SchoolRolls = Partial<Record<SchoolSessionName, RollTotals>>

/** The rolls of a day added up, by school id; schools undefined: all. */
export async function loadRolls(
  database: Queryable,
  day: string,
  schools?: readonly number[],
): Promise<Map<number, SchoolRolls>> {
  const { rows } = await database.query<RollTotals & { school: number; session: SchoolSessionName }>(
    ROLL_TOTALS,
    [day, schools ?? null],
  )
  const rolls = new Map<number, SchoolRolls>()
  for (const { school, session, ...totals } of rows) {
    rolls.set(school, { ...rolls.get(school), [session]: totals })
  }
  return rolls
}

/** The metrics that indicators measure with, by the id they have in this database. */
export type MeasureOfMetric = ReadonlyMap<number, Measure>

export function measuresOf(metrics: readonly { id: number; code: string }[]): MeasureOfMetric {
  const known = new Set<string>(MEASURES)
  return new Map(
    metrics.filter((metric) => known.has(metric.code)).map((metric) => [metric.id, metric.code as Measure]),
  )
}

/** Slots from `from` up to, not with, `until`, as the raw rows have them now. `only`: of these devices. */
export async function loadWindows(
  database: Queryable,
  span: { from: number; until: number },
  index: DeviceIndex,
  measures: MeasureOfMetric,
  only?: readonly number[],
): Promise<Map<number, SlotWindow>> {
  const { rows } = await database.query<{
    snapshot: string
    slots: number[]
    devices: number[]
    metrics: number[]
    totals: number[]
    counts: number[]
  }>(SPAN_READINGS, [new Date(span.from), new Date(span.until), [...measures.keys()], only ?? null])
  const { snapshot, slots, devices, metrics, totals, counts } = rows[0]!
  const baseline = parseSnapshot(snapshot)
  const windows = new Map<number, SlotWindow>()
  for (let slot = span.from; slot < span.until; slot += SLOT_MS) {
    windows.set(slot, new SlotWindow(slot, index, baseline))
  }
  devices.forEach((device, i) => {
    windows.get(slots[i]!)?.add(device, measures.get(metrics[i]!), totals[i]!, counts[i]!)
  })
  return windows
}

/** The newest sign of life of a device, and when it last measured the mains and what. Milliseconds. */
export interface DeviceLife {
  seenAt: number
  power: number | undefined
  powerAt: number
}

export async function loadDeviceLives(
  database: Queryable,
  measures: MeasureOfMetric,
): Promise<Map<number, DeviceLife>> {
  const power = [...measures].find(([, measure]) => measure === 'power')?.[0] ?? null
  const { rows } = await database.query<{
    devices: number[]
    seen: number[]
    powers: (number | null)[]
    powerTimes: (number | null)[]
  }>(LAST_SEEN, [power])
  const { devices, seen, powers, powerTimes } = rows[0]!
  return new Map(
    devices.map((device, i) => [
      device,
      { seenAt: seen[i]!, power: powers[i] ?? undefined, powerAt: powerTimes[i] ?? 0 },
    ]),
  )
}
