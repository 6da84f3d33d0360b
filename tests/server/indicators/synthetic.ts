import { AreaBoard } from '../../../server/indicators/area-board.ts'
import { Catalogue, DayLimits } from '../../../server/indicators/catalogue.ts'
import { registryOn } from '../../../server/indicators/day-registry.ts'
import type { DayState } from '../../../server/indicators/day-state.ts'
import { emptyReadingsDay } from '../../../server/indicators/definitions/readings.ts'
import { Ledger } from '../../../server/indicators/ledger.ts'
import { measuresOf } from '../../../server/indicators/load-days.ts'
import type { Registry } from '../../../server/indicators/registry.ts'
import { SchoolTable } from '../../../server/indicators/school-table.ts'
import { indexDevices } from '../../../server/indicators/slot-window.ts'
import { at, DAY } from './schools.ts'

const always = { validFrom: '2022-01-01', validTo: null }

/**
 * A province of 2 former districts with 2 communes each, and `schools` schools spread over them. School n has
 * rooms 10n+1 and 10n+2, gateway 10n+3, yard sensor 10n+4; the even ones look to station nam-dan with gauge 5.
 */
export function registryOf(schools: number): Registry {
  const areas = [
    { id: 1, code: '40', kind: 'province' as const, name: 'Nghệ An' },
    ...[2, 3].map((id) => ({ id, code: `41${id}`, kind: 'district' as const, name: `Huyện ${id}` })),
    ...[4, 5, 6, 7].map((id) => ({ id, code: `1660${id}`, kind: 'commune' as const, name: `Xã ${id}` })),
  ]
  const ids = Array.from({ length: schools }, (_, n) => n + 1)
  const deviceOf = (school: number, last: number, kind: 'gateway' | 'room' | 'yard' | 'river') => ({
    id: 10 * school + last,
    school,
    kind,
    roomKind: kind === 'room' ? 'classroom' : null,
    riverStation: kind === 'river' ? 'nam-dan' : null,
    ...always,
  })
  return {
    version: 1,
    areas,
    edges: [4, 5, 6, 7].flatMap((area) => [
      { tree: 'administrative' as const, area, parent: 1, ...always },
      { tree: 'former-district' as const, area, parent: area < 6 ? 2 : 3, ...always },
      ...(area % 2 === 0 ? [{ tree: 'former-district' as const, area: area / 2, parent: 1, ...always }] : []),
    ]),
    places: ids.flatMap((school) =>
      (['administrative', 'former-district'] as const).map((tree) => ({
        tree,
        school,
        area: 4 + (school % 4),
        ...always,
      })),
    ),
    schools: ids.map((id) => ({
      id,
      code: `S${id}`,
      name: `Trường ${id}`,
      level: 'primary' as const,
      riverStation: id % 2 === 0 ? 'nam-dan' : null,
      simulated: true,
      ...always,
    })),
    sessions: ids.flatMap((school) => [
      {
        school,
        session: 'morning' as const,
        weekdays: [1, 2, 3, 4, 5],
        starts: '07:00',
        ends: '10:30',
        classes: 4,
        pupils: 120,
        ...always,
      },
    ]),
    devices: ids.flatMap((school) => [
      deviceOf(school, 1, 'room'),
      deviceOf(school, 2, 'room'),
      deviceOf(school, 3, 'gateway'),
      deviceOf(school, 4, 'yard'),
      ...(school === 1 ? [deviceOf(school, 5, 'river')] : []),
    ]),
    metrics: [
      { id: 1, code: 'co2' },
      { id: 2, code: 'temperature' },
      { id: 7, code: 'power' },
      { id: 11, code: 'river_level' },
      { id: 12, code: 'yard_depth' },
    ],
    stations: [{ code: 'nam-dan', alarm1: 5.4, alarm2: 6.9, alarm3: 7.9 }],
    calendar: [{ kind: 'term', firstDay: '2026-09-05', lastDay: '2027-05-31', area: null }],
    thresholds: [],
  }
}

/** The state of an ordinary day in which nothing has arrived yet and slots are closed up to 07:00. */
export function stateOf(registry: Registry, closedUntil = at('07:00')): DayState {
  const catalogue = new Catalogue()
  const day = registryOn(registry, DAY)
  const table = new SchoolTable(catalogue.keys.length, day.schools.length)
  const previous = new SchoolTable(catalogue.keys.length, day.schools.length)
  const limits = new DayLimits([], DAY)
  const water = registry.devices.filter((device) => device.kind === 'river' || device.kind === 'yard')
  return {
    registry,
    devices: new Map(registry.devices.map((device) => [device.id, device])),
    areas: new Map(registry.areas.map((area) => [area.id, area])),
    day,
    catalogue,
    measures: measuresOf(registry.metrics),
    table,
    previous,
    limits,
    board: new AreaBoard({ day, areas: registry.areas, catalogue, limits, table, previous }, closedUntil),
    ledger: new Ledger(),
    statuses: day.schools.map(() => []),
    rolls: day.schools.map(() => ({})),
    readings: day.schools.map(emptyReadingsDay),
    storedSums: new Map(),
    storedRooms: new Map(),
    lives: new Map(),
    windows: new Map(),
    deviceIndex: indexDevices(day.deviceById.keys()),
    waterWindows: new Map(),
    waterIndex: indexDevices(water.map((device) => device.id)),
    closedUntil,
    lastLoadedSlot: 0,
    newestDataAt: 0,
    changed: new Set(),
  }
}
