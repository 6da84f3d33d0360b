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
const SLOT_READINGS = sql(import.meta.url, './sql/slot-readings.sql')
const DAY_READINGS = sql(import.meta.url, './sql/day-readings.sql')
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

/** A slot as the raw rows have it now; `only`: of these devices. */
export async function loadWindow(
  database: Queryable,
  slot: number,
  index: DeviceIndex,
  measures: MeasureOfMetric,
  only?: readonly number[],
): Promise<SlotWindow> {
  const { rows } = await database.query<{
    snapshot: string
    devices: number[]
    metrics: number[]
    totals: number[]
    counts: number[]
  }>(SLOT_READINGS, [new Date(slot), new Date(slot + SLOT_MS), [...measures.keys()], only ?? null])
  const { snapshot, devices, metrics, totals, counts } = rows[0]!
  const window = new SlotWindow(slot, index, parseSnapshot(snapshot))
  devices.forEach((device, i) => {
    window.add(device, measures.get(metrics[i]!), totals[i]!, counts[i]!)
  })
  return window
}

/** Slots of some devices as the raw rows have them now, by slot; slots without readings are absent. */
export async function loadWindows(
  database: Queryable,
  devices: readonly number[],
  span: { from: number; until: number },
  index: DeviceIndex,
  measures: MeasureOfMetric,
): Promise<Map<number, SlotWindow>> {
  const { rows } = await database.query<{
    device: number
    metric: number
    slot: number
    total: number
    n: number
  }>(DAY_READINGS, [devices, new Date(span.from), new Date(span.until), [...measures.keys()]])
  const windows = new Map<number, SlotWindow>()
  for (const row of rows) {
    const window = windows.get(row.slot) ?? new SlotWindow(row.slot, index)
    windows.set(row.slot, window)
    window.add(row.device, measures.get(row.metric), row.total, row.n)
  }
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
