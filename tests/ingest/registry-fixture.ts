import type { Database } from '../../shared/db/connect.ts'

/** School TH-01 with devices room-1, room-2 and gate-1, school TH-02 with room-1, and TH-OLD, merged in 2025. */
export async function addSchools(database: Database): Promise<{ th01: number; th02: number; room1: number }> {
  return database.transaction(async (client) => {
    const { rows } = await client.query<{ id: number }>(
      `insert into school (code, name, level, ownership, enrolment, valid_from, valid_to) values
        ('TH-01', 'Trường thử 1', 'primary', 'public', 500, '2022-01-01', null),
        ('TH-02', 'Trường thử 2', 'primary', 'public', 400, '2022-01-01', null),
        ('TH-OLD', 'Trường đã sáp nhập', 'primary', 'public', 300, '2022-01-01', '2025-07-31')
       returning id`,
    )
    const [th01, th02, old] = rows.map((row) => row.id) as [number, number, number]
    await client.query(
      `insert into site (school_id, code, name, is_main) select id, 'main', 'Điểm chính', true from unnest($1::int[]) as s (id)`,
      [[th01, th02, old]],
    )
    await client.query(
      `insert into device (school_id, site_id, code, kind, room, room_kind, interval_s, valid_from, valid_to)
       select s.school_id, s.id, d.code, d.kind, d.code, 'classroom', 60, '2022-01-01', d.valid_to::date
       from (values ($1::int, 'room-1', 'room', null), ($1, 'room-2', 'room', null), ($1, 'gate-1', 'gateway', null),
         ($1, 'room-old', 'room', '2025-12-31'), ($2, 'room-1', 'room', null), ($3, 'room-1', 'room', null))
         as d (school, code, kind, valid_to)
       join site s on s.school_id = d.school`,
      [th01, th02, old],
    )
    await client.query('update registry_version set version = version + 1')
    const device = await client.query<{ id: number }>(
      `select id from device where school_id = $1 and code = 'room-1'`,
      [th01],
    )
    return { th01, th02, room1: device.rows[0]!.id }
  })
}

/** Registers one more device of a school, as an import would. */
export async function addDevice(database: Database, school: string, code: string): Promise<void> {
  await database.transaction(async (client) => {
    await client.query(
      `insert into device (school_id, site_id, code, kind, room, room_kind, interval_s, valid_from)
       select s.id, t.id, $2, 'room', $2, 'classroom', 60, '2022-01-01'
       from school s join site t on t.school_id = s.id where s.code = $1`,
      [school, code],
    )
    await client.query('update registry_version set version = version + 1')
  })
}

/** Registers devices under the names of their vendors: `hanet:C21283M868/in` for TH-01/gate-1. */
export async function addAliases(
  database: Database,
  aliases: Record<string, `${string}/${string}`>,
): Promise<void> {
  await database.transaction(async (client) => {
    for (const [alias, place] of Object.entries(aliases)) {
      const [format, name] = [alias.slice(0, alias.indexOf(':')), alias.slice(alias.indexOf(':') + 1)]
      const [school, device] = place.split('/')
      await client.query(
        `insert into device_alias (format, name, device_id)
         select $1, $2, d.id from device d join school s on s.id = d.school_id where s.code = $3 and d.code = $4`,
        [format, name, school, device],
      )
    }
    await client.query('update registry_version set version = version + 1')
  })
}
