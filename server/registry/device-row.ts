import { DeviceCode } from '../../shared/contract/primitives.ts'
import { type Alias, readAliases } from './aliases.ts'
import { Cells } from './cells.ts'
import type { RegistryContext, StoredSchool } from './context.ts'
import type { RowFault } from './row-fault.ts'
import { readStation } from './school-row.ts'
import { MAIN_SITE } from './site-row.ts'
import type { Column, TableRow } from './table.ts'

export const DEVICE_KINDS = ['gateway', 'room', 'outdoor', 'river', 'yard'] as const
export const ROOM_KINDS = ['classroom', 'laboratory', 'boarding', 'kitchen', 'office', 'outdoor'] as const

/** One device of an import, checked. `secret` is in clear and leaves this program only as a hash. */
export interface DeviceRow {
  line: number
  school: string
  code: string
  kind: (typeof DEVICE_KINDS)[number]
  site: string
  room: string | null
  roomKind: (typeof ROOM_KINDS)[number] | null
  intervalS: number
  riverStation: string | null
  validFrom: string
  validTo: string | null
  credential: { username: string; secret: string } | null
  /** Its names in vendors' words; null: the file says nothing of them, and those it has stay. */
  aliases: Alias[] | null
}

/** Columns of devices.csv. */
export const DEVICE_COLUMNS: readonly Column[] = [
  ...['school', 'code', 'kind'].map((name) => ({ name, required: true })),
  ...['site', 'room', 'room_kind'].map((name) => ({ name, required: false })),
  { name: 'interval_s', required: true },
  ...['river_station', 'username', 'secret', 'aliases'].map((name) => ({ name, required: false })),
  { name: 'valid_from', required: true },
  { name: 'valid_to', required: false },
]

const SHORTEST_SECRET = 12
const LONGEST_INTERVAL_S = 86_400

/** Who holds each user name in the store: `school/device` by user name. */
export type UsernameHolders = ReadonlyMap<string, string>

/** Reads one row of devices.csv: the device, or every fault in the row. */
export function readDevice(
  row: TableRow,
  context: RegistryContext,
  holders: UsernameHolders,
): { device: DeviceRow } | { faults: RowFault[] } {
  const cells = new Cells(row)
  const school = readSchoolOf(cells, context)
  const code = cells.matching('code', /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, {
    vi: 'mã thiết bị chỉ gồm chữ không dấu, chữ số, - và _, nhiều nhất 64 ký tự',
    en: 'a device code is made of letters without marks, digits, - and _, at most 64',
  })
  const kind = cells.oneOf('kind', DEVICE_KINDS)
  const site = readSite(cells, school)
  const roomKind = readRoomKind(cells, kind)
  const intervalS = cells.integer('interval_s', 1, LONGEST_INTERVAL_S)
  const riverStation = readStation(cells, context)
  if (kind === 'river' && cells.text('river_station') === '') cells.required('river_station')
  const validFrom = readFirstDay(cells, school)
  const validTo = cells.lastDay('valid_to', validFrom)
  const credential = readCredential(cells, holders)
  const aliases = readAliases(cells)
  if (
    cells.faults.length > 0 ||
    code === undefined ||
    !DeviceCode.safeParse(code).success ||
    kind === undefined ||
    site === undefined ||
    roomKind === undefined ||
    intervalS === undefined ||
    validFrom === undefined ||
    validTo === undefined ||
    credential === undefined ||
    aliases === undefined
  ) {
    return { faults: cells.faults }
  }
  const place = { site, room: cells.text('room') || null, roomKind, riverStation }
  const device = { line: row.line, school: cells.text('school'), code, kind, ...place }
  return { device: { ...device, intervalS, validFrom, validTo, credential, aliases } }
}

function readSchoolOf(cells: Cells, context: RegistryContext): StoredSchool | undefined {
  const code = cells.required('school')
  if (code === undefined) return undefined
  const school = context.schools.get(code)
  if (school === undefined) {
    return cells.refuse('school', {
      vi: 'chưa có trường mang mã này; hãy nhập danh sách trường trước',
      en: 'no school has this code; import the schools first',
    })
  }
  if (school.simulated === context.simulated) return school
  return cells.refuse('school', {
    vi: 'không trộn thiết bị thật và mô phỏng trong một trường',
    en: 'a school holds either real or simulated devices, never both',
  })
}

/** The site by its code or its name; the main one where the cell is empty. */
function readSite(cells: Cells, school: StoredSchool | undefined): string | undefined {
  if (school === undefined) return undefined
  const site = school.sites.get(cells.text('site') || MAIN_SITE)
  if (site !== undefined) return site
  const list = [...new Set(school.sites.values())].join(', ')
  return cells.refuse('site', {
    vi: `trường không có điểm trường này; các điểm là ${list}`,
    en: `the school has no such site; its sites are ${list}`,
  })
}

function readRoomKind(cells: Cells, kind: DeviceRow['kind'] | undefined): DeviceRow['roomKind'] | undefined {
  if (kind === 'room') {
    cells.required('room')
    return cells.oneOf('room_kind', ROOM_KINDS)
  }
  return cells.text('room_kind') === '' ? null : cells.oneOf('room_kind', ROOM_KINDS)
}

function readFirstDay(cells: Cells, school: StoredSchool | undefined): string | undefined {
  const day = cells.day('valid_from')
  if (day === undefined || school === undefined) return day
  if (day >= school.validFrom && (school.validTo === null || day <= school.validTo)) return day
  const span = `${school.validFrom} – ${school.validTo ?? '…'}`
  return cells.refuse('valid_from', {
    vi: `thiết bị phải bắt đầu khi trường còn hoạt động (${span})`,
    en: `the device must begin while the school exists (${span})`,
  })
}

/** The secret never appears in a fault: dots stand for it. */
function readCredential(cells: Cells, holders: UsernameHolders): DeviceRow['credential'] | undefined {
  const [username, secret] = [cells.text('username'), cells.text('secret')]
  if (username === '' && secret === '') return null
  if (username === '') {
    cells.required('username')
    return undefined
  }
  const holder = holders.get(username)
  if (holder !== undefined && holder !== `${cells.text('school')}/${cells.text('code')}`) {
    return cells.refuse('username', {
      vi: `tên đăng nhập này đã thuộc thiết bị ${holder}`,
      en: `this user name belongs to the device ${holder}`,
    })
  }
  if (secret.length >= SHORTEST_SECRET) return { username, secret }
  return cells.refuse(
    'secret',
    {
      vi: `mật khẩu phải có ít nhất ${SHORTEST_SECRET} ký tự`,
      en: `a secret must have at least ${SHORTEST_SECRET} characters`,
    },
    '•'.repeat(secret.length),
  )
}
