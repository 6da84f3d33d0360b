import type { Province, SimSchool, SimSession } from './school.ts'

/** Before the first day the registry speaks of, so that history of any day finds the school. */
const VALID_FROM = '2022-01-01'

/** The province as schools.csv, the form in which real schools come too. */
export function schoolsCsv(province: Province): string {
  return table(province.schools.map(schoolRow))
}

/** Its devices as devices.csv. */
export function devicesCsv(province: Province): string {
  return table(
    province.schools.flatMap((school) =>
      school.devices.map((device) => ({
        school: school.code,
        code: device.code,
        kind: device.kind,
        site: device.site ?? 'main',
        room: device.room ?? '',
        room_kind: device.roomKind ?? '',
        interval_s: String(device.intervalS),
        river_station: device.riverStation ?? '',
        username: '',
        secret: '',
        valid_from: VALID_FROM,
        valid_to: '',
      })),
    ),
  )
}

function schoolRow(school: SimSchool): Record<string, string> {
  const [morning, afternoon] = school.sessions as [SimSession, SimSession]
  return {
    code: school.code,
    name: school.name,
    level: school.level,
    ownership: school.ownership,
    terrain: school.terrain,
    commune: school.commune,
    former_district: school.district,
    lat: String(school.lat),
    lon: String(school.lon),
    enrolment: String(school.enrolment),
    river_station: school.riverStation ?? '',
    branch_sites: school.branchSites.join('|'),
    ...sessionCells('morning', morning, school.classes.length),
    ...sessionCells('afternoon', afternoon, school.classes.length),
    valid_from: VALID_FROM,
    valid_to: '',
    merged_into: '',
  }
}

function sessionCells(name: string, session: SimSession, classes: number): Record<string, string> {
  return {
    [`${name}_days`]: session.weekdays.join(','),
    [`${name}_start`]: session.starts,
    [`${name}_end`]: session.ends,
    [`${name}_classes`]: String(classes),
  }
}

function table(rows: readonly Record<string, string>[]): string {
  const cell = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  const lines = [Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row))]
  return lines.map((cells) => `${cells.map(cell).join(',')}\n`).join('')
}
