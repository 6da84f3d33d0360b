import type { Database } from '../../../shared/db/connect.ts'

/** Monday 23 November 2026, eight in the morning in the province. */
export const NOW = Date.parse('2026-11-23T08:00:00+07:00')

/**
 * Three schools: THV and TV in communes of former district 412, QP in one of 415; TV is closed today. THV has a
 * room sensor R1 with an hour of CO2 each ten seconds ending at NOW, and a gateway that has never spoken.
 */
export async function seedSchools(database: Database): Promise<void> {
  await database.query(`
    insert into school (code, name, level, ownership, terrain, lat, lon, enrolment, valid_from, simulated) values
      ('THV', 'Trường TH Đặng Thai Mai', 'primary', 'public', 'plain', 18.67, 105.66, 640, '2022-01-01', true),
      ('TV', 'Trường THCS Trường Vinh', 'lower_secondary', 'public', null, null, null, 520, '2022-01-01', false),
      ('QP', 'Trường PTDTBT TH Quế Phong', 'primary', 'public', 'high-mountain', 19.6, 104.9, 210, '2022-01-01', true)`)
  await database.query(`
    insert into school (code, name, level, ownership, enrolment, valid_from, valid_to, merged_into)
    select 'OLD', 'Trường TH Cũ', 'primary', 'public', 0, '2022-01-01', '2025-08-31', id from school where code = 'THV'`)
  await database.query(`
    insert into school_area (tree, school_id, area_id, valid_from)
    select tree, school.id, area.id, '2025-07-01'
    from (values ('THV', '16681'), ('TV', '16690'), ('QP', (
      select min(area.code) from area_edge join area on area.id = area_edge.area_id
      join area parent on parent.id = area_edge.parent_id where parent.code = '415' and tree = 'former-district'))) place (school, area)
    cross join (values ('administrative'), ('former-district')) trees (tree)
    join school on school.code = place.school join area on area.code = place.area`)
  await database.query(`
    insert into school_session (school_id, session, weekdays, starts, ends, classes, pupils, valid_from)
    select id, 'morning', '{1,2,3,4,5}', '07:00', '10:30', 20, 640, '2022-01-01' from school where code = 'THV'`)
  await database.query(
    `insert into site (school_id, code, name, is_main) select id, 'main', 'Điểm chính', true from school`,
  )
  await database.query(`
    insert into device (school_id, site_id, code, kind, room, room_kind, interval_s, valid_from, simulated)
    select school.id, site.id, code.device, code.kind, code.room, code.room_kind, 60, '2022-01-01', true
    from school join site on site.school_id = school.id
    cross join (values ('R1', 'room', '1A', 'classroom'), ('GW', 'gateway', null, null)) code (device, kind, room, room_kind)
    where school.code = 'THV'`)
  await database.query(
    `insert into school_status_current (school_id, since, open, reason, received_at)
      select id, $1, code <> 'TV', case code when 'TV' then 'lũ' else '' end, $1 from school where code in ('THV', 'TV')`,
    [new Date(NOW - 3_600_000)],
  )
  await database.query(
    `insert into reading (ts, device_id, metric_id, value, quality)
      select $1::timestamptz - (n || ' seconds')::interval, device.id, 1, 600 + n % 7, 0
      from device cross join generate_series(0, 3590, 10) n where device.code = 'R1'`,
    [new Date(NOW)],
  )
  await database.query(`
    insert into device_seen (device_id, ts) select device_id, max(ts) from reading group by device_id`)
  await database.query(
    `insert into reading (device_id, metric_id, ts, value, quality)
      select id, 2, $1::timestamptz - interval '10 minutes', 27.5, 1 from device where code = 'R1'`,
    [new Date(NOW)],
  )
}

/** Two days of attendance-rate of the province, every five minutes from six to eight, and one suppressed value. */
export async function seedHistory(database: Database): Promise<void> {
  await database.query(
    `insert into indicator_value (at, indicator, period, area_id, numerator, denominator, value, status, reporting, expected)
      select at, 'attendance-rate', 'morning', area.id, 90 + n, 100, 90 + n, 'ok', 3, 3
      from area
      cross join (values (0), (1)) days (back)
      cross join generate_series(0, 24) n
      cross join lateral (select $1::timestamptz - interval '2 hours' - back * interval '1 day' + n * interval '5 minutes' as at) moment
      where area.code = '40'`,
    [new Date(NOW)],
  )
  await database.query(
    `insert into indicator_value (at, indicator, period, area_id, numerator, denominator, value, status, reporting, expected)
      select $1, 'attendance-rate', 'morning', id, 2, 9, 22, 'suppressed', 1, 1 from area where code = '412'`,
    [new Date(NOW)],
  )
}

/** Three events: one of school THV, one of QP, one a minute in the future of the clock. */
export async function seedEvents(database: Database): Promise<void> {
  await database.query(
    `insert into event (at, kind, severity, area_id, school_id, params, simulated)
      select $1::timestamptz + wanted.seconds * interval '1 second', 'power-lost', 'warning', place.area_id, school.id,
        '{"rooms": 3}', school.simulated
      from (values ('THV', -120), ('QP', -60), ('THV', 60)) wanted (school, seconds)
      join school on school.code = wanted.school
      join school_area place on place.school_id = school.id and place.tree = 'administrative'`,
    [new Date(NOW)],
  )
}
