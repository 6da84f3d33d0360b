import { SchoolCode, SchoolLevel, type SchoolSessionName, Terrain } from '../../shared/contract/primitives.ts'
import { Cells } from './cells.ts'
import type { RegistryContext } from './context.ts'
import type { RowFault } from './row-fault.ts'
import { readPlaces, type SchoolPlacing } from './school-places.ts'
import { readSites, type SiteRow } from './site-row.ts'
import type { Column, TableRow } from './table.ts'

export interface SessionRow {
  session: SchoolSessionName
  weekdays: number[]
  starts: string
  ends: string
  classes: number
}

/** One school of an import, checked. Codes of areas and stations exist; days are yyyy-mm-dd. */
export interface SchoolRow {
  line: number
  code: string
  name: string
  level: SchoolLevel
  ownership: 'public' | 'private'
  terrain: Terrain | null
  lat: number | null
  lon: number | null
  enrolment: number
  riverStation: string | null
  validFrom: string
  validTo: string | null
  mergedInto: string | null
  sites: SiteRow[]
  sessions: SessionRow[]
  places: SchoolPlacing[]
}

const sessionColumns = (session: SchoolSessionName) => ({
  days: `${session}_days`,
  starts: `${session}_start`,
  ends: `${session}_end`,
  classes: `${session}_classes`,
})
const MORNING = sessionColumns('morning')
const AFTERNOON = sessionColumns('afternoon')

const required = (name: string): Column => ({ name, required: true })
const optional = (name: string): Column => ({ name, required: false })

/** Columns of schools.csv. An optional column that is left out reads as empty cells. */
export const SCHOOL_COLUMNS: readonly Column[] = [
  ...['code', 'name', 'level', 'ownership'].map(required),
  optional('terrain'),
  required('commune'),
  ...['former_district', 'lat', 'lon'].map(optional),
  required('enrolment'),
  ...['river_station', 'branch_sites'].map(optional),
  ...Object.values(MORNING).map(optional),
  ...Object.values(AFTERNOON).map(optional),
  required('valid_from'),
  ...['valid_to', 'merged_into'].map(optional),
]

/** The province lies between these; a place outside has its two numbers changed round or a digit wrong. */
const LATITUDES = [18, 20.5] as const
const LONGITUDES = [103.5, 106.5] as const
const LARGEST_SCHOOL = 20_000
const MOST_CLASSES = 500

/** Reads one row of schools.csv: the school, or every fault in the row. */
export function readSchool(
  row: TableRow,
  context: RegistryContext,
): { school: SchoolRow } | { faults: RowFault[] } {
  const cells = new Cells(row)
  const code = readCode(cells, context)
  const name = cells.required('name')
  const level = cells.oneOf('level', SchoolLevel.options)
  const ownership = cells.oneOf('ownership', ['public', 'private'] as const)
  const terrain = cells.text('terrain') === '' ? null : cells.oneOf('terrain', Terrain.options)
  const position = readPosition(cells)
  const enrolment = cells.integer('enrolment', 0, LARGEST_SCHOOL)
  const riverStation = readStation(cells, context)
  const validFrom = cells.day('valid_from')
  const validTo = cells.lastDay('valid_to', validFrom)
  const places = readPlaces(cells, context, validFrom, validTo ?? null)
  const sites = readSites(cells)
  const sessions = readSessions(cells)
  const mergedInto = readMergedInto(cells, validTo)
  if (
    cells.faults.length > 0 ||
    code === undefined ||
    name === undefined ||
    level === undefined ||
    ownership === undefined ||
    terrain === undefined ||
    enrolment === undefined ||
    validFrom === undefined ||
    validTo === undefined
  ) {
    return { faults: cells.faults }
  }
  const school = { line: row.line, code, name, level, ownership, terrain, ...position, enrolment }
  return { school: { ...school, riverStation, validFrom, validTo, mergedInto, sites, sessions, places } }
}

function readCode(cells: Cells, context: RegistryContext): string | undefined {
  const code = cells.required('code')
  if (code === undefined) return undefined
  if (!SchoolCode.safeParse(code).success) {
    return cells.refuse('code', {
      vi: 'mã chỉ gồm chữ không dấu, chữ số, - và _, nhiều nhất 32 ký tự',
      en: 'a code is made of letters without marks, digits, - and _, at most 32',
    })
  }
  const stored = context.schools.get(code)
  if (stored && stored.simulated !== context.simulated) {
    return cells.refuse('code', {
      vi: stored.simulated ? 'mã này là của một trường mô phỏng' : 'mã này là của một trường thật',
      en: stored.simulated
        ? 'this code belongs to a simulated school; real and simulated data are never mixed'
        : 'this code belongs to a real school; real and simulated data are never mixed',
    })
  }
  return code
}

function readPosition(cells: Cells): { lat: number | null; lon: number | null } {
  if (cells.text('lat') === '' && cells.text('lon') === '') return { lat: null, lon: null }
  const lat = cells.decimal('lat', ...LATITUDES, { vi: 'vĩ độ', en: 'a latitude' })
  const lon = cells.decimal('lon', ...LONGITUDES, { vi: 'kinh độ', en: 'a longitude' })
  return { lat: lat ?? null, lon: lon ?? null }
}

/** A river station by its code; null where the cell is empty. */
export function readStation(cells: Cells, context: Pick<RegistryContext, 'stations'>): string | null {
  const station = cells.text('river_station')
  if (station === '' || context.stations.has(station)) return station || null
  const list = [...context.stations].join(', ')
  cells.refuse('river_station', {
    vi: `không có trạm thủy văn này; các trạm là ${list}`,
    en: `no such river station; the stations are ${list}`,
  })
  return null
}

function readSessions(cells: Cells): SessionRow[] {
  const morning = readSession(cells, 'morning', MORNING)
  const afternoon = readSession(cells, 'afternoon', AFTERNOON)
  if (morning === null && afternoon === null) {
    cells.refuse(MORNING.days, {
      vi: 'trường phải có buổi sáng hoặc buổi chiều',
      en: 'a school must have a morning or an afternoon session',
    })
  }
  if (morning && afternoon && afternoon.starts < morning.ends) {
    cells.refuse(AFTERNOON.starts, {
      vi: `buổi chiều không được bắt đầu trước khi buổi sáng kết thúc (${morning.ends})`,
      en: `the afternoon must not start before the morning ends (${morning.ends})`,
    })
  }
  return [morning, afternoon].filter((session) => session !== null && session !== undefined)
}

/** The session, null where all its cells are empty, undefined where some are wrong. */
function readSession(
  cells: Cells,
  session: SchoolSessionName,
  columns: typeof MORNING,
): SessionRow | null | undefined {
  if (Object.values(columns).every((column) => cells.text(column) === '')) return null
  const weekdays = cells.weekdays(columns.days)
  const starts = cells.time(columns.starts)
  const ends = cells.time(columns.ends)
  const classes = cells.integer(columns.classes, 0, MOST_CLASSES)
  if (!weekdays || !starts || !ends || classes === undefined) return undefined
  if (starts < ends) return { session, weekdays, starts, ends, classes }
  return cells.refuse(columns.ends, {
    vi: `giờ kết thúc phải sau giờ bắt đầu (${starts})`,
    en: `the end must be after the start (${starts})`,
  })
}

function readMergedInto(cells: Cells, validTo: string | null | undefined): string | null {
  const target = cells.text('merged_into')
  if (target === '') return null
  if (target === cells.text('code')) {
    cells.refuse('merged_into', {
      vi: 'trường không thể sáp nhập vào chính nó',
      en: 'a school cannot merge into itself',
    })
  }
  if (validTo === null) {
    cells.refuse('valid_to', {
      vi: 'trường đã sáp nhập phải có ngày kết thúc',
      en: 'a school that has merged must have a last day',
    })
  }
  return target
}
