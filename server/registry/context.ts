import type { Queryable } from '../../shared/db/connect.ts'
import { areasData } from '../../shared/db/reference.ts'
import { sql } from '../../shared/db/sql.ts'

export interface CommuneUnit {
  code: string
  name: string
  validFrom: string
  /** Codes of the district units of 2022 its territory lay in. */
  formerDistricts: readonly string[]
}

export interface DistrictUnit {
  code: string
  name: string
  /** Last day it existed. */
  validTo: string
  /** The district that took its territory over on the next day, where the district level still existed. */
  mergedInto: string | undefined
}

export interface StoredSchool {
  simulated: boolean
  validFrom: string
  validTo: string | null
  /** Codes of its sites by code and by name. */
  sites: ReadonlyMap<string, string>
}

/** What the registry holds already, as far as the rows of an import are checked against it. */
export interface RegistryContext {
  communes: ReadonlyMap<string, CommuneUnit>
  districts: ReadonlyMap<string, DistrictUnit>
  stations: ReadonlySet<string>
  schools: ReadonlyMap<string, StoredSchool>
  /** Whether the import is of simulated schools. */
  simulated: boolean
}

const AREAS = sql(import.meta.url, './sql/areas.sql')
const STATIONS = sql(import.meta.url, './sql/river-stations.sql')
const SCHOOLS = sql(import.meta.url, './sql/schools.sql')

/** Reads the registry once, before an import. */
export async function readContext(database: Queryable, simulated: boolean): Promise<RegistryContext> {
  const reference = areasData()
  const formerOf = new Map(reference.communes.map((unit) => [unit.code, unit.formerUnits2022]))
  const takenOverBy = new Map(reference.districts.map((unit) => [unit.code, unit.mergedInto]))
  const areas = await database.query<AreaRecord>(AREAS)
  const stations = await database.query<{ code: string }>(STATIONS)
  const schools = await database.query<SchoolRecord>(SCHOOLS)
  const communes = new Map<string, CommuneUnit>()
  const districts = new Map<string, DistrictUnit>()
  for (const { code, kind, name_vi: name, valid_from: validFrom, valid_to: validTo } of areas.rows) {
    if (kind === 'commune')
      communes.set(code, { code, name, validFrom, formerDistricts: formerOf.get(code) ?? [] })
    else if (validTo !== null) districts.set(code, { code, name, validTo, mergedInto: takenOverBy.get(code) })
  }
  return {
    communes,
    districts,
    stations: new Set(stations.rows.map((row) => row.code)),
    schools: new Map(schools.rows.map((row) => [row.code, storedSchool(row)])),
    simulated,
  }
}

interface AreaRecord {
  code: string
  kind: 'district' | 'commune'
  name_vi: string
  valid_from: string
  valid_to: string | null
}

interface SchoolRecord {
  code: string
  simulated: boolean
  valid_from: string
  valid_to: string | null
  site_codes: string[]
  site_names: string[]
}

function storedSchool(row: SchoolRecord): StoredSchool {
  const sites = new Map<string, string>()
  row.site_names.forEach((name, i) => {
    sites.set(name, row.site_codes[i]!)
  })
  for (const code of row.site_codes) sites.set(code, code)
  return { simulated: row.simulated, validFrom: row.valid_from, validTo: row.valid_to, sites }
}
