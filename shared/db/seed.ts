import type { Database, Queryable } from './connect.ts'
import { areasData, calendarData, indicatorsData, metricsData, riverStationsData } from './reference.ts'

/** The first day this product's registry speaks of; older history is not asked for. */
const BEGINNING = '2022-01-01'

/**
 * Loads the province (areas, trees, metrics, stations, calendar, thresholds) into an empty database; does nothing
 * where that was done before, so that the department's own corrections stay.
 */
export async function seedReference(database: Database, now: number): Promise<boolean> {
  return database.transaction(async (client) => {
    await client.query('select pg_advisory_xact_lock(482012)')
    const { rows } = await client.query('select 1 from installation')
    if (rows.length > 0) return false
    await client.query('insert into installation (created_at) values ($1)', [new Date(now)])
    await seedAreas(client)
    await seedTables(client)
    return true
  })
}

async function seedAreas(client: Queryable): Promise<void> {
  const { province, districts, communes } = areasData()
  const insertArea = `insert into area (code, kind, name_vi, full_name_vi, name_en, terrain, lat, lon, tile_row, tile_col, valid_from, valid_to)
    select * from jsonb_to_recordset($1::jsonb) as a (code text, kind text, name_vi text, full_name_vi text, name_en text, terrain text,
      lat float8, lon float8, tile_row smallint, tile_col smallint, valid_from date, valid_to date)`
  const names = (area: { code: string; nameVi: string; fullNameVi: string; nameEn: string }) => ({
    code: area.code,
    name_vi: area.nameVi,
    full_name_vi: area.fullNameVi,
    name_en: area.nameEn,
  })
  const areas = [
    { ...names(province), kind: 'province', valid_from: BEGINNING },
    ...districts.map((district) => ({
      ...names(district),
      kind: 'district',
      terrain: district.terrain,
      lat: district.lat,
      lon: district.lon,
      tile_row: district.tile.row,
      tile_col: district.tile.col,
      valid_from: BEGINNING,
      valid_to: district.validTo,
    })),
    ...communes.map((commune) => ({
      ...names(commune),
      kind: 'commune',
      lat: commune.lat,
      lon: commune.lon,
      valid_from: commune.validFrom,
    })),
  ]
  await client.query(insertArea, [JSON.stringify(areas)])
  await client.query(
    `insert into area_tree (id, name_vi, name_en) values
      ('administrative', 'Đơn vị hành chính', 'Administrative units'),
      ('former-district', 'Địa bàn huyện cũ', 'Former districts')`,
  )
  const administrative = [
    ...districts.map((district) =>
      edge('administrative', district.code, province.code, BEGINNING, district.validTo),
    ),
    ...communes.map((commune) =>
      edge('administrative', commune.code, province.code, commune.validFrom, null),
    ),
  ]
  // The former districts live on in this tree as groups for comparison, whatever became of them in law.
  const former = [
    ...districts.map((district) => edge('former-district', district.code, province.code, BEGINNING, null)),
    ...communes.map((commune) =>
      edge('former-district', commune.code, commune.formerUnits2022[0]!, commune.validFrom, null),
    ),
  ]
  await client.query(
    `insert into area_edge (tree, area_id, parent_id, valid_from, valid_to)
      select e.tree, child.id, parent.id, e.valid_from, e.valid_to
      from jsonb_to_recordset($1::jsonb) as e (tree text, area text, parent text, valid_from date, valid_to date)
      join area child on child.code = e.area join area parent on parent.code = e.parent`,
    [JSON.stringify([...administrative, ...former])],
  )
}

function edge(tree: string, area: string, parent: string, from: string, to: string | null) {
  return { tree, area, parent, valid_from: from, valid_to: to }
}

async function seedTables(client: Queryable): Promise<void> {
  await client.query(
    `insert into metric (id, code, name_vi, name_en, unit, minimum, maximum)
      select id, code, "nameVi", "nameEn", unit, minimum, maximum from jsonb_to_recordset($1::jsonb)
      as m (id smallint, code text, "nameVi" text, "nameEn" text, unit text, minimum float8, maximum float8)`,
    [JSON.stringify(metricsData())],
  )
  await client.query(
    `insert into river_station (code, name_vi, river, alarm_1, alarm_2, alarm_3, source)
      select code, "nameVi", river, alarm1, alarm2, alarm3, source from jsonb_to_recordset($1::jsonb)
      as s (code text, "nameVi" text, river text, alarm1 float8, alarm2 float8, alarm3 float8, source text)`,
    [JSON.stringify(riverStationsData())],
  )
  await client.query(
    `insert into calendar_entry (kind, first_day, last_day, name_vi, name_en, source)
      select kind, "firstDay", "lastDay", "nameVi", "nameEn", source from jsonb_to_recordset($1::jsonb)
      as c (kind text, "firstDay" date, "lastDay" date, "nameVi" text, "nameEn" text, source text)`,
    [JSON.stringify(calendarData())],
  )
  await client.query(
    `insert into threshold (indicator, warning, critical, valid_from, source)
      select id, warning, critical, $2, source from jsonb_to_recordset($1::jsonb)
      as t (id text, warning float8, critical float8, source text)`,
    [JSON.stringify(indicatorsData()), BEGINNING],
  )
}
