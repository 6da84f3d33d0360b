import type { Database, Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'

/** Writes rows as ingest does, by ingest's own statements, so that the journal says what it says in life. */
const READINGS = sql(import.meta.url, '../../ingest/sql/store-readings.sql')
const ROLLS = sql(import.meta.url, '../../ingest/sql/store-rolls.sql')
const STATUSES = sql(import.meta.url, '../../ingest/sql/store-statuses.sql')

export interface TestReading {
  device: number
  metric: number
  /** Milliseconds. */
  at: number
  value: number
}

export async function writeReadings(database: Queryable, readings: readonly TestReading[]): Promise<void> {
  if (readings.length === 0) return
  await database.query(READINGS, [
    readings.map((reading) => reading.device),
    readings.map((reading) => reading.metric),
    readings.map((reading) => new Date(reading.at)),
    readings.map((reading) => reading.value),
    readings.map(() => 0),
    readings.length,
    readings.length,
    [],
  ])
}

export interface TestRoll {
  school: number
  day: string
  session: 'morning' | 'afternoon'
  class: string
  revision?: number
  enrolled: number
  present: number
  late: number
  excused: number
  unexcused: number
  takenAt: number
}

export async function writeRolls(database: Queryable, rolls: readonly TestRoll[]): Promise<void> {
  if (rolls.length === 0) return
  const consistent = (roll: TestRoll) =>
    roll.present + roll.excused + roll.unexcused === roll.enrolled && roll.late <= roll.present
  await database.query(ROLLS, [
    rolls.map((roll) => roll.school),
    rolls.map((roll) => roll.day),
    rolls.map((roll) => roll.session),
    rolls.map((roll) => roll.class),
    rolls.map((roll) => roll.revision ?? 0),
    rolls.map((roll) => `${roll.class}/${roll.session}/${roll.revision ?? 0}`),
    rolls.map((roll) => roll.enrolled),
    rolls.map((roll) => roll.present),
    rolls.map((roll) => roll.late),
    rolls.map((roll) => roll.excused),
    rolls.map((roll) => roll.unexcused),
    rolls.map(consistent),
    rolls.map((roll) => new Date(roll.takenAt)),
    rolls.map((roll) => new Date(roll.takenAt)),
    rolls.length,
  ])
}

export interface TestStatus {
  school: number
  since: number
  open: boolean
  reason?: string
  receivedAt?: number
}

export async function writeStatuses(database: Queryable, statuses: readonly TestStatus[]): Promise<void> {
  if (statuses.length === 0) return
  await database.query(STATUSES, [
    statuses.map((status) => status.since),
    statuses.map((status) => status.school),
    statuses.map((status) => status.open),
    statuses.map((status) => status.reason ?? ''),
    statuses.map((status) => new Date(status.receivedAt ?? status.since)),
    statuses.length,
  ])
}

/** Ids of metrics as shared/data/metrics.json gives them. */
export const METRIC = { co2: 1, temperature: 2, power: 7, river_level: 11, yard_depth: 12 } as const

export interface TestSchool {
  id: number
  code: string
  gateway: number
  rooms: number[]
  yard: number
}

export interface TestProvince {
  schools: TestSchool[]
  /** A gauge at station nam-dan, at the first school. */
  river: number
}

/**
 * Schools spread over the communes, each with morning 07:00-10:30 and afternoon 13:45-16:30, Monday to Friday,
 * a gateway, `rooms` classrooms and a yard sensor; every other one looks to the river station nam-dan.
 */
export async function seedProvince(
  database: Database,
  size: { schools: number; rooms: number; classes?: number },
): Promise<TestProvince> {
  await database.query(
    `insert into school (code, name, level, ownership, enrolment, river_station, valid_from, simulated)
      select 'S' || n, 'Trường ' || n, (array['preschool','primary','lower_secondary','upper_secondary'])[1 + n % 4],
        'public', 500, case when n % 2 = 0 then 'nam-dan' end, '2022-01-01', true
      from generate_series(0, $1::int - 1) n`,
    [size.schools],
  )
  await database.query(`
    with commune as (
      select id, row_number() over (order by code) - 1 as n, count(*) over () as total from area where kind = 'commune'
    ), placed as (
      select id, row_number() over (order by id) - 1 as n from school
    )
    insert into school_area (tree, school_id, area_id, valid_from)
    select tree.id, placed.id, commune.id, '2025-07-01'
    from placed join commune on commune.n = (placed.n * 7) % commune.total
    cross join area_tree tree`)
  await database.query(
    `insert into school_session (school_id, session, weekdays, starts, ends, classes, pupils, valid_from)
      select id, s.session, '{1,2,3,4,5}', s.starts, s.ends, $1, 30 * $1, '2022-01-01'
      from school cross join (values ('morning', time '07:00', time '10:30'), ('afternoon', '13:45', '16:30')) s (session, starts, ends)`,
    [size.classes ?? 4],
  )
  await database.query(
    `insert into site (school_id, code, name, is_main) select id, 'main', 'Điểm chính', true from school`,
  )
  await database.query(
    `insert into device (school_id, site_id, code, kind, room, room_kind, interval_s, river_station, valid_from, simulated)
      select school.id, site.id, d.code, d.kind, d.room, d.room_kind, 60, null, '2022-01-01', true
      from school join site on site.school_id = school.id
      cross join (
        select 'GW' as code, 'gateway' as kind, null as room, null as room_kind
        union all select 'YD', 'yard', null, 'outdoor'
        union all select 'R' || n, 'room', 'P' || n, case n % 2 when 0 then 'laboratory' else 'classroom' end
          from generate_series(1, $1::int) n
      ) d
      order by school.id, d.code`,
    [size.rooms],
  )
  await database.query(`
    insert into device (school_id, site_id, code, kind, interval_s, river_station, valid_from, simulated)
    select school.id, site.id, 'RV', 'river', 60, 'nam-dan', '2022-01-01', true
    from school join site on site.school_id = school.id order by school.id limit 1`)
  await database.query('update registry_version set version = version + 1')
  return readProvince(database)
}

async function readProvince(database: Database): Promise<TestProvince> {
  const { rows } = await database.query<{
    id: number
    code: string
    devices: { id: number; kind: string }[]
  }>(
    `select school.id, school.code, json_agg(json_build_object('id', device.id, 'kind', device.kind) order by device.code) as devices
      from school join device on device.school_id = school.id group by 1, 2 order by 1`,
  )
  const of = (devices: { id: number; kind: string }[], kind: string) =>
    devices.filter((device) => device.kind === kind).map((device) => device.id)
  return {
    schools: rows.map(({ id, code, devices }) => ({
      id,
      code,
      gateway: of(devices, 'gateway')[0]!,
      rooms: of(devices, 'room'),
      yard: of(devices, 'yard')[0]!,
    })),
    river: rows.flatMap((row) => of(row.devices, 'river'))[0]!,
  }
}

/** A clock that stands still until it is set. */
export class HandClock {
  at: number

  constructor(at: number) {
    this.at = at
  }

  now(): number {
    return this.at
  }
}
