import type { Database } from '../../../../shared/db/connect.ts'

/** Registers edge node A/e1 as gate-1 of TH-01, its devices d1 and d2 as room-1 and room-2. */
export async function registerEdge(database: Database): Promise<void> {
  await database.query(
    `insert into device_alias (format, name, device_id)
     select 'sparkplug', a.name, d.id
     from (values ('A/e1', 'gate-1'), ('A/e1/d1', 'room-1'), ('A/e1/d2', 'room-2')) as a (name, code)
     join school s on s.code = 'TH-01'
     join device d on d.school_id = s.id and d.code = a.code`,
  )
  await database.query('update registry_version set version = version + 1')
}

/** `room-1 co2=612`, in order of time, then of device and metric. */
export async function storedReadings(database: Database, since = 0): Promise<string[]> {
  const { rows } = await database.query<{ what: string }>(
    `select d.code || ' ' || m.code || '=' || r.value as what
     from reading r join device d on d.id = r.device_id join metric m on m.id = r.metric_id
     where r.ts >= to_timestamp($1::float8 / 1000)
     order by r.ts, d.code, m.code`,
    [since],
  )
  return rows.map(({ what }) => what)
}

/** `gate-1 online`: the present state of each device that has one. */
export async function connections(database: Database): Promise<string[]> {
  const { rows } = await database.query<{ what: string }>(
    `select d.code || case when c.online then ' online' else ' offline' end as what
     from device_connection_current c join device d on d.id = c.device_id order by 1`,
  )
  return rows.map(({ what }) => what)
}

export async function changes(database: Database): Promise<number> {
  const { rows } = await database.query<{ n: number }>('select count(*)::int as n from device_connection')
  return rows[0]!.n
}

/** `no-birth spBv1.0/A/DDATA/e1/d1`, in order of arrival. */
export async function deadLetters(database: Database): Promise<string[]> {
  const { rows } = await database.query<{ what: string }>(
    `select l.reason || ' ' || m.topic as what from dead_letter l join dead_message m on m.id = l.message_id
     order by m.received_at, l.reason`,
  )
  return rows.map(({ what }) => what)
}

export async function clear(database: Database): Promise<void> {
  await database.query(
    'truncate reading, device_seen, device_connection, device_connection_current, device_description, dead_letter, dead_message, journal',
  )
}
