import type { RegistryContext } from '../../../server/registry/context.ts'

/** A good row of schools.csv; a test changes the cells it is about. */
export const GOOD_SCHOOL = {
  code: 'T-0001',
  name: 'Trường Tiểu học Vinh Phú',
  level: 'primary',
  ownership: 'public',
  terrain: 'plain',
  commune: '16702',
  former_district: '412',
  lat: '18.7216',
  lon: '105.686',
  enrolment: '620',
  river_station: 'nam-dan',
  branch_sites: '',
  morning_days: '1-5',
  morning_start: '07:15',
  morning_end: '10:45',
  morning_classes: '18',
  afternoon_days: '1,2,4,5',
  afternoon_start: '14:00',
  afternoon_end: '16:30',
  afternoon_classes: '18',
  valid_from: '2022-01-01',
  valid_to: '',
  merged_into: '',
}

export const GOOD_DEVICE = {
  school: 'T-0001',
  code: 'ROOM-1',
  kind: 'room',
  site: '',
  room: '1A',
  room_kind: 'classroom',
  interval_s: '120',
  river_station: '',
  username: '',
  secret: '',
  valid_from: '2025-09-01',
  valid_to: '',
}

export type Cells = Record<string, string>

/** A CSV file of rows, every cell quoted. */
export function csv(rows: readonly Cells[], separator = ','): Buffer {
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`
  const lines = [Object.keys(rows[0]!), ...rows.map((row) => Object.values(row))]
  return Buffer.from(`${lines.map((line) => line.map(quote).join(separator)).join('\r\n')}\r\n`)
}

/** A small registry to check rows against. */
export const CONTEXT: RegistryContext = {
  communes: new Map([
    ['16702', { code: '16702', name: 'Vinh Phú', validFrom: '2025-07-01', formerDistricts: ['412'] }],
    ['16732', { code: '16732', name: 'Cửa Lò', validFrom: '2025-07-01', formerDistricts: ['413'] }],
  ]),
  districts: new Map([
    ['412', { code: '412', name: 'Vinh', validTo: '2025-06-30', mergedInto: undefined }],
    ['413', { code: '413', name: 'Cửa Lò', validTo: '2024-11-30', mergedInto: '412' }],
  ]),
  stations: new Set(['nam-dan', 'dua']),
  schools: new Map([
    [
      'T-0001',
      {
        simulated: false,
        validFrom: '2022-01-01',
        validTo: null,
        sites: new Map([
          ['main', 'main'],
          ['ban-na', 'ban-na'],
          ['Bản Na', 'ban-na'],
        ]),
      },
    ],
    ['MP-TH-0001', { simulated: true, validFrom: '2022-01-01', validTo: null, sites: new Map() }],
  ]),
  simulated: false,
}
