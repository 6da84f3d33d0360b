import { AreaTree } from '../../shared/contract/area.ts'
import type { SchoolLevel } from '../../shared/contract/primitives.ts'
import { isValidOn, type TreeOnDay, treeOnDay } from '../../shared/domain/area-tree.ts'
import { type ScheduledSession, type SessionRule, sessionsOn } from '../../shared/domain/calendar.ts'
import type { Registry, RegistryDevice, RiverStation } from './registry.ts'

/** A school in service on a day, with what it has and holds that day. Devices are given by id. */
export interface DaySchool {
  id: number
  /** Its place in tables of this day. */
  index: number
  code: string
  name: string
  level: SchoolLevel
  simulated: boolean
  riverStation: string | null
  sessions: readonly ScheduledSession[]
  devices: readonly number[]
  /** Room sensors of classrooms and laboratories: the others do not count for lessons. */
  rooms: readonly number[]
  gateways: readonly number[]
  yards: readonly number[]
}

export interface DayStation extends RiverStation {
  devices: readonly number[]
  /** Schools that look to this station. */
  schools: readonly DaySchool[]
}

export interface DayDevice {
  kind: RegistryDevice['kind']
  school: DaySchool
  station: DayStation | undefined
}

/** The registry as it stands on one day. */
export interface DayRegistry {
  day: string
  schools: readonly DaySchool[]
  schoolById: ReadonlyMap<number, DaySchool>
  deviceById: ReadonlyMap<number, DayDevice>
  stationByCode: ReadonlyMap<string, DayStation>
  trees: Record<AreaTree, TreeOnDay>
}

const LESSON_ROOMS = ['classroom', 'laboratory']

export function registryOn(registry: Registry, day: string): DayRegistry {
  const trees = treesOn(registry, day)
  const rules = groupBy(registry.sessions, (rule) => rule.school)
  const equipment = groupBy(
    registry.devices.filter((device) => isValidOn(device, day)),
    (device) => device.school,
  )
  const schools = registry.schools
    .filter((school) => isValidOn(school, day))
    .map((school, index): DaySchool => {
      const areas = AreaTree.options.flatMap((tree) => trees[tree].areasOfSchool(school.id))
      const devices = equipment.get(school.id) ?? []
      const ids = (wanted: (device: RegistryDevice) => boolean) =>
        devices.filter(wanted).map((device) => device.id)
      return {
        id: school.id,
        index,
        code: school.code,
        name: school.name,
        level: school.level,
        simulated: school.simulated,
        riverStation: school.riverStation,
        sessions: scheduled(day, rules.get(school.id) ?? [], areas, registry),
        devices: ids(() => true),
        rooms: ids((device) => device.kind === 'room' && LESSON_ROOMS.includes(device.roomKind ?? '')),
        gateways: ids((device) => device.kind === 'gateway'),
        yards: ids((device) => device.kind === 'yard'),
      }
    })
  const stationByCode = stationsOn(registry, schools, equipment)
  const deviceById = new Map<number, DayDevice>()
  for (const school of schools) {
    for (const { id, kind, riverStation } of equipment.get(school.id) ?? []) {
      const station = kind === 'river' && riverStation !== null ? stationByCode.get(riverStation) : undefined
      deviceById.set(id, { kind, school, station })
    }
  }
  const schoolById = new Map(schools.map((school) => [school.id, school]))
  return { day, schools, schoolById, deviceById, stationByCode, trees }
}

function treesOn(registry: Registry, day: string): Record<AreaTree, TreeOnDay> {
  const on = (tree: AreaTree) =>
    treeOnDay(
      registry.edges.filter((edge) => edge.tree === tree),
      registry.places.filter((place) => place.tree === tree),
      day,
    )
  return { administrative: on('administrative'), 'former-district': on('former-district') }
}

/** One rule a session: where two are valid, the younger one replaces the older. */
function scheduled(
  day: string,
  rules: readonly SessionRule[],
  areas: readonly number[],
  registry: Registry,
): ScheduledSession[] {
  const oldestFirst = [...rules].sort((a, b) => (a.validFrom < b.validFrom ? -1 : 1))
  const bySession = new Map<string, ScheduledSession>()
  for (const session of sessionsOn(day, oldestFirst, areas, registry.calendar)) {
    bySession.set(session.session, session)
  }
  return [...bySession.values()].sort((a, b) => a.startsAt - b.startsAt)
}

function stationsOn(
  registry: Registry,
  schools: readonly DaySchool[],
  equipment: ReadonlyMap<number, readonly RegistryDevice[]>,
): Map<string, DayStation> {
  const gauges = schools
    .flatMap((school) => equipment.get(school.id) ?? [])
    .filter((device) => device.kind === 'river')
  return new Map(
    registry.stations.map((station) => [
      station.code,
      {
        ...station,
        devices: gauges.filter((device) => device.riverStation === station.code).map((device) => device.id),
        schools: schools.filter((school) => school.riverStation === station.code),
      },
    ]),
  )
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => number): Map<number, T[]> {
  const groups = new Map<number, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group) group.push(item)
    else groups.set(keyOf(item), [item])
  }
  return groups
}
