import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import { DAY_MS, startOfDay } from '../../shared/domain/time.ts'
import type { Position } from '../feed/position.ts'
import type { StoredPeriod } from './catalogue.ts'
import type { SumRow } from './ledger.ts'

const POSITION = sql(import.meta.url, './sql/engine-position.sql')
const DAY_SUMS = sql(import.meta.url, './sql/day-sums.sql')
const DAY_HAS_DATA = sql(import.meta.url, './sql/day-has-data.sql')
const DAY_ROOMS = sql(import.meta.url, './sql/day-rooms.sql')

/** Where the engine had come when it last saved. Times in milliseconds; `closedSlot` is the start of a slot. */
export interface EnginePosition {
  position: Position
  closedSlot: number
  savedAt: number
  registryVersion: number | null
}

export async function loadEnginePosition(database: Queryable): Promise<EnginePosition | undefined> {
  const { rows } = await database.query<{
    xid: string
    seq: string
    closedSlot: number
    savedAt: number
    registryVersion: number | null
  }>(POSITION)
  const row = rows[0]
  if (!row) return undefined
  const { xid, seq, ...rest } = row
  return { position: { xid: BigInt(xid), seq: BigInt(seq) }, ...rest }
}

export type StoredSum = SumRow & { updatedAt: number }

export async function loadSums(database: Queryable, day: string): Promise<StoredSum[]> {
  const { rows } = await database.query<{
    indicators: string[]
    periods: StoredPeriod[]
    schools: number[]
    numerators: number[]
    denominators: number[]
    updatedAt: number[]
  }>(DAY_SUMS, [day])
  const { indicators, periods, schools, numerators, denominators, updatedAt } = rows[0]!
  return indicators.map((indicator, i) => ({
    day,
    indicator,
    period: periods[i]!,
    school: schools[i]!,
    sum: { numerator: numerators[i]!, denominator: denominators[i]! },
    updatedAt: updatedAt[i]!,
  }))
}

/** Rooms measured in school hours of a day, by device: whether they were over the limit. */
export async function loadRooms(database: Queryable, day: string): Promise<Map<number, boolean>> {
  const { rows } = await database.query<{ device: number; exceeded: boolean }>(DAY_ROOMS, [day])
  return new Map(rows.map((row) => [row.device, row.exceeded]))
}

/** Whether any readings or rolls of a day are there. */
export async function dayHasData(
  database: Queryable,
  day: string,
): Promise<{ readings: boolean; rolls: boolean }> {
  const start = startOfDay(day)
  const { rows } = await database.query<{ readings: boolean; rolls: boolean }>(DAY_HAS_DATA, [
    day,
    new Date(start),
    new Date(start + DAY_MS),
  ])
  return rows[0]!
}
