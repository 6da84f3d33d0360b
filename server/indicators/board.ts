import type { AreaTree } from '../../shared/contract/area.ts'
import type { IocEvent } from '../../shared/contract/event.ts'
import type { IndicatorDefinition, IndicatorValue } from '../../shared/contract/indicator.ts'

/** What the rest of the server reads of the indicators: always today, always from memory. */
export interface Board {
  definitions(): readonly IndicatorDefinition[]
  /** Values of an area in a tree; undefined when there is no such area in that tree today. */
  area(tree: AreaTree, code: string): readonly IndicatorValue[] | undefined
  /** Codes of the areas directly below. */
  children(tree: AreaTree, code: string): readonly string[]
  /** Values of one school; undefined when there is no such school. */
  school(code: string): readonly IndicatorValue[] | undefined
  counts(): BoardCounts
  /** Called once a tick in which anything changed. Returns its own undo. */
  subscribe(listener: (tick: BoardTick) => void): () => void
}

export interface BoardCounts {
  schools: number
  simulatedSchools: number
  openSchools: number
  closedSchools: number
  unreportedSchools: number
  /** Newest event time seen, in milliseconds; undefined before the first. */
  newestDataAt: number | undefined
  /** Messages committed per second, over the last ten seconds. */
  messagesPerSecond: number
  readingsPerSecond: number
  /** Age in seconds of the oldest change not yet applied. */
  lagSeconds: number
  closedSlotAt: number | undefined
  /** False after the feed's last look at the database failed. */
  databaseReachable: boolean
  /** True after it failed for want of space on the database's disk. */
  databaseFull?: boolean
}

export interface BoardTick {
  at: number
  /** Only areas with a changed value, only their changed values. */
  areas: readonly { tree: AreaTree; area: string; values: readonly IndicatorValue[] }[]
  events: readonly IocEvent[]
}
