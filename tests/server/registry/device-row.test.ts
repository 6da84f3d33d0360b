import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { DEVICE_COLUMNS } from '../../../server/registry/device-row.ts'
import { planDevices } from '../../../server/registry/plan.ts'
import { describeFault } from '../../../server/registry/row-fault.ts'
import { readTable } from '../../../server/registry/table.ts'
import { type Cells, CONTEXT, csv, GOOD_DEVICE } from './rows.ts'

const HOLDERS = new Map([['dev-9', 'T-0009/ROOM-9']])
const ALIAS_HOLDERS = new Map([
  ['chirpstack:24e124725c140101', 'T-0009/ROOM-9'],
  ['tasmota:TH01_R1', 'T-0001/ROOM-1'],
])
const plan = (rows: Cells[]) =>
  planDevices(readTable(csv(rows), DEVICE_COLUMNS), CONTEXT, HOLDERS, ALIAS_HOLDERS)
const planOne = (cells: Cells) => plan([{ ...GOOD_DEVICE, ...cells }])

test('a good row becomes a device at the main site', () => {
  expect(planOne({})).toEqual({
    faults: [],
    rows: [
      {
        line: 2,
        school: 'T-0001',
        code: 'ROOM-1',
        kind: 'room',
        site: 'main',
        room: '1A',
        roomKind: 'classroom',
        intervalS: 120,
        riverStation: null,
        validFrom: '2025-09-01',
        validTo: null,
        credential: null,
        aliases: null,
      },
    ],
  })
})

test.each([['ban-na'], ['Bản Na']])('a branch site is named by code or by name (%s)', (site) => {
  expect(planOne({ site }).rows[0]!.site).toBe('ban-na')
})

describe('a row is refused when', () => {
  test.each<[string, Cells, string, string]>([
    ['the school is unknown', { school: 'T-9' }, 'school', 'import the schools first'],
    ['the school is a simulated one', { school: 'MP-TH-0001' }, 'school', 'never both'],
    ['the code has a slash', { code: 'a/b' }, 'code', 'letters without marks'],
    ['the kind is unknown', { kind: 'camera' }, 'kind', 'must be one of: gateway'],
    ['the site is unknown', { site: 'Bản Xa' }, 'site', 'its sites are main, ban-na'],
    ['a room sensor has no room', { room: '' }, 'room', 'required cell is empty'],
    ['a room sensor has no kind of room', { room_kind: '' }, 'room_kind', 'required cell is empty'],
    ['the kind of room is unknown', { room_kind: 'gym' }, 'room_kind', 'must be one of: classroom'],
    ['the interval is 0', { interval_s: '0' }, 'interval_s', 'from 1 to 86400'],
    ['the interval has a unit', { interval_s: '2 min' }, 'interval_s', 'digits only'],
    ['a river gauge has no station', { kind: 'river' }, 'river_station', 'required cell is empty'],
    ['it begins before the school', { valid_from: '2020-01-01' }, 'valid_from', 'while the school exists'],
    ['it ends before it begins', { valid_to: '2025-08-31' }, 'valid_to', 'not be before the first'],
    ['there is a secret without a user name', { secret: 'long enough a secret' }, 'username', 'required'],
    ['the secret is short', { username: 'dev-1', secret: 'abc' }, 'secret', 'at least 12'],
    [
      'the format of an alias is unknown',
      { aliases: 'modbus:7' },
      'aliases',
      'with a format of: thingsboard',
    ],
    ['an alias names no format', { aliases: 'TH01_R1' }, 'aliases', 'format:name'],
    ['protocol v1 needs no alias', { aliases: 'native:room-1' }, 'aliases', 'format:name'],
    ['a devEui is too short', { aliases: 'chirpstack:24e124' }, 'aliases', 'chirpstack:24e124725c140101'],
    ['a name is too long', { aliases: `tasmota:${'x'.repeat(201)}` }, 'aliases', 'the form of its format'],
    ['an alias stands there twice', { aliases: 'homie:a; homie:a' }, 'aliases', 'stands there twice'],
    [
      'an alias is taken',
      { aliases: 'tasmota:TH01_R1; chirpstack:24E124725C140101' },
      'aliases',
      'T-0009/ROOM-9',
    ],
    [
      'the user name is taken',
      { username: 'dev-9', secret: 'long enough a secret' },
      'username',
      'T-0009/ROOM-9',
    ],
  ])('%s', (_, cells, column, reason) => {
    const { rows, faults } = planOne(cells)
    expect(rows).toEqual([])
    const fault = faults.find((one) => one.column === column)
    expect(fault?.line).toBe(2)
    expect(fault?.reason.en).toContain(reason)
  })
})

test('the same device twice, or one user name for two devices, refuses the later row', () => {
  const named = { username: 'dev-1', secret: 'long enough a secret' }
  const { rows, faults } = plan([
    { ...GOOD_DEVICE, ...named },
    GOOD_DEVICE,
    { ...GOOD_DEVICE, code: 'ROOM-2', ...named },
  ])
  expect(rows.map((row) => row.line)).toEqual([2])
  expect(faults.map(({ line, column }) => [line, column])).toEqual([
    [3, 'code'],
    [4, 'username'],
  ])
})

describe('aliases', () => {
  const aliasesOf = (rows: Cells[]) => plan(rows).rows.map((row) => row.aliases)

  test('are names by format, an EUI in small letters, a name with colons whole', () => {
    const aliases = 'CHIRPSTACK:24E124725C140102; senml-json: urn:dev:s12 ;zigbee2mqtt:tầng 1/P101;'
    expect(aliasesOf([{ ...GOOD_DEVICE, aliases }])).toEqual([
      [
        { format: 'chirpstack', name: '24e124725c140102' },
        { format: 'senml-json', name: 'urn:dev:s12' },
        { format: 'zigbee2mqtt', name: 'tầng 1/P101' },
      ],
    ])
  })

  test('of an empty cell are none; a file without the column says nothing of them', () => {
    expect(aliasesOf([{ ...GOOD_DEVICE, aliases: '' }])).toEqual([[]])
    expect(aliasesOf([GOOD_DEVICE])).toEqual([null])
  })

  test("are written as the operator's paper shows", () => {
    const paper = readFileSync(new URL('../../../docs/operate.md', import.meta.url), 'utf8')
    const example = /```csv\n(.*?)```/s.exec(paper)![1]!
    const text = example.replace(/^ +/gm, '').replace('TH-01', 'T-0001')
    const { rows, faults } = planDevices(
      readTable(Buffer.from(text), DEVICE_COLUMNS),
      CONTEXT,
      HOLDERS,
      new Map(),
    )
    expect(faults).toEqual([])
    expect(rows.map((row) => row.aliases?.map(({ format }) => format))).toEqual([['chirpstack', 'tasmota']])
  })

  test('twice in a file refuse the later row', () => {
    const rows = [
      { ...GOOD_DEVICE, code: 'ROOM-2', aliases: 'homie:a; homie:b' },
      { ...GOOD_DEVICE, code: 'ROOM-3', aliases: 'homie:c; homie:b' },
    ]
    expect(plan(rows).faults).toMatchObject([{ line: 3, column: 'aliases', value: 'homie:b' }])
  })

  test('move to another device when the file takes them from their holder, and not otherwise', () => {
    const taker = { ...GOOD_DEVICE, code: 'ROOM-2', aliases: 'tasmota:TH01_R1' }
    const giver = { ...GOOD_DEVICE, aliases: '' }
    expect(plan([taker, giver]).faults).toEqual([])
    expect(plan([taker]).faults).toMatchObject([{ line: 2, value: 'tasmota:TH01_R1' }])
    // A giver with a bad cell is not written, so it gives nothing.
    expect(plan([taker, { ...giver, interval_s: 'x' }]).faults.map(({ line }) => line)).toEqual([2, 3])
  })
})

test('a secret never appears in a report', () => {
  const { faults } = plan([
    { ...GOOD_DEVICE, username: 'dev-1', secret: 'geheim' },
    { ...GOOD_DEVICE, code: 'ROOM-2', secret: 'geheim-und-lang' },
    { ...GOOD_DEVICE, code: 'ROOM-3', username: 'dev-9', secret: 'geheim-und-lang' },
  ])
  expect(faults.length).toBeGreaterThanOrEqual(3)
  expect(faults.map(describeFault).join()).not.toContain('geheim')
})

test('a fault is one line with line, column, value and the reason in both languages', () => {
  const [fault] = planOne({ interval_s: 'often' }).faults
  expect(describeFault(fault!)).toBe(
    'dòng (line) 2, cột (column) interval_s, giá trị (value) "often": phải là số nguyên từ 1 đến 86400, chỉ gồm chữ số. must be a whole number from 1 to 86400, digits only.',
  )
})
