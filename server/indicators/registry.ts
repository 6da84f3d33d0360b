import type { AreaKind, AreaTree } from '../../shared/contract/area.ts'
import type { SchoolLevel } from '../../shared/contract/primitives.ts'
import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import type { AreaEdge, Dated, SchoolPlace } from '../../shared/domain/area-tree.ts'
import type { CalendarEntry, SessionRule } from '../../shared/domain/calendar.ts'

const REGISTRY = sql(import.meta.url, './sql/registry.sql')
const VERSION = sql(import.meta.url, './sql/registry-version.sql')

export interface RegistryArea {
  id: number
  code: string
  kind: AreaKind
  name: string
}

export interface RegistrySchool extends Dated {
  id: number
  code: string
  name: string
  level: SchoolLevel
  riverStation: string | null
  simulated: boolean
}

export interface RegistryDevice extends Dated {
  id: number
  school: number
  kind: 'gateway' | 'room' | 'outdoor' | 'river' | 'yard'
  roomKind: string | null
  riverStation: string | null
}

/** Alarm levels in metres. */
export interface RiverStation {
  code: string
  alarm1: number
  alarm2: number
  alarm3: number
}

export interface Threshold extends Dated {
  indicator: string
  schoolLevel: SchoolLevel | null
  warning: number
  critical: number
  source: string
}

/** Everything the registry says, for all days; shared/domain and DayRegistry take the day out of it. */
export interface Registry {
  version: number
  areas: RegistryArea[]
  edges: (AreaEdge & { tree: AreaTree })[]
  places: (SchoolPlace & { tree: AreaTree })[]
  schools: RegistrySchool[]
  sessions: (SessionRule & { school: number })[]
  devices: RegistryDevice[]
  metrics: { id: number; code: string }[]
  stations: RiverStation[]
  calendar: CalendarEntry[]
  thresholds: Threshold[]
}

type StoredRegistry = { [K in keyof Registry]: Registry[K] | null }

/** Reads the whole registry in one statement, so that its parts fit each other. */
export async function loadRegistry(database: Queryable): Promise<Registry> {
  const { rows } = await database.query<StoredRegistry>(REGISTRY)
  const stored = rows[0]!
  return {
    version: stored.version ?? 0,
    areas: stored.areas ?? [],
    edges: stored.edges ?? [],
    places: stored.places ?? [],
    schools: stored.schools ?? [],
    sessions: stored.sessions ?? [],
    devices: stored.devices ?? [],
    metrics: stored.metrics ?? [],
    stations: stored.stations ?? [],
    calendar: stored.calendar ?? [],
    thresholds: stored.thresholds ?? [],
  }
}

export async function loadRegistryVersion(database: Queryable): Promise<number> {
  const { rows } = await database.query<{ version: number }>(VERSION)
  return rows[0]!.version
}
