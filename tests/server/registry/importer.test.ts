import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ImportOptions, importDevices, importSchools } from '../../../server/registry/importer.ts'
import { noProgress } from '../../../shared/node/progress.ts'
import { verifySecret } from '../../../shared/node/secret.ts'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { type Cells, csv, GOOD_DEVICE, GOOD_SCHOOL } from './rows.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())
beforeEach(async () => {
  await db.database.query('update school set merged_into = null')
  await db.database.query('delete from device')
  await db.database.query('delete from school')
})

const NOW = Date.UTC(2026, 10, 23)
const tools = () => ({ database: db.database, clock: { now: () => NOW }, progress: noProgress })
const ALL = { dryRun: false, partial: false, simulated: false }
const schools = (rows: Cells[], options: Partial<ImportOptions> = {}) =>
  importSchools(tools(), csv(rows), { ...ALL, ...options })
const devices = (rows: Cells[], options: Partial<ImportOptions> = {}) =>
  importDevices(tools(), csv(rows), { ...ALL, ...options })
const rowsOf = async (query: string) => (await db.database.query(query)).rows
const version = async () => (await rowsOf('select version from registry_version'))[0]!['version'] as number
const school = (code: string, cells: Cells = {}) => ({ ...GOOD_SCHOOL, code, ...cells })

describe('schools', () => {
  test('are written with their sites, sessions and places, and the registry has a new version', async () => {
    const before = await version()
    const report = await schools([school('A', { branch_sites: 'Bản Na' })])
    expect(report).toMatchObject({ good: 1, bad: 0, created: 1, changed: 0, unchanged: 0, written: true })
    expect(await rowsOf('select code, enrolment, simulated, lat from school')).toEqual([
      { code: 'A', enrolment: 620, simulated: false, lat: 18.7216 },
    ])
    expect(await rowsOf('select code, is_main from site order by code')).toEqual([
      { code: 'ban-na', is_main: false },
      { code: 'main', is_main: true },
    ])
    expect(
      await rowsOf(
        'select session, weekdays, starts, classes, pupils from school_session order by session desc',
      ),
    ).toEqual([
      { session: 'morning', weekdays: [1, 2, 3, 4, 5], starts: '07:15:00', classes: 18, pupils: 620 },
      { session: 'afternoon', weekdays: [1, 2, 4, 5], starts: '14:00:00', classes: 18, pupils: 620 },
    ])
    expect(
      await rowsOf(`select tree, area.code, p.valid_from as first, p.valid_to as last from school_area p
        join area on area.id = p.area_id order by tree, first`),
    ).toEqual([
      { tree: 'administrative', code: '412', first: '2022-01-01', last: '2025-06-30' },
      { tree: 'administrative', code: '16702', first: '2025-07-01', last: null },
      { tree: 'former-district', code: '412', first: '2022-01-01', last: '2025-06-30' },
      { tree: 'former-district', code: '16702', first: '2025-07-01', last: null },
    ])
    expect(await version()).toBe(before + 1)
  })

  test('imported again unchanged are left alone, and the version stays', async () => {
    await schools([school('A'), school('B')])
    const before = await version()
    const report = await schools([school('A'), school('B')])
    expect(report).toMatchObject({ created: 0, changed: 0, unchanged: 2 })
    expect(await version()).toBe(before)
  })

  test('imported again with other facts are changed in place, with what belongs to them', async () => {
    await schools([school('A', { branch_sites: 'Bản Na|Bản Xa' }), school('B')])
    const ids = await rowsOf('select id from school order by code')
    const report = await schools([
      school('A', {
        branch_sites: 'Bản Xa',
        enrolment: '500',
        afternoon_days: '',
        afternoon_start: '',
        afternoon_end: '',
        afternoon_classes: '',
      }),
      school('B'),
    ])
    expect(report).toMatchObject({ created: 0, changed: 1, unchanged: 1 })
    expect(await rowsOf('select id from school order by code')).toEqual(ids)
    expect(
      await rowsOf(
        `select site.code from site join school on school.id = school_id where school.code = 'A' order by 1`,
      ),
    ).toEqual([{ code: 'ban-xa' }, { code: 'main' }])
    expect(
      await rowsOf(
        `select session, pupils from school_session join school on school.id = school_id where school.code = 'A'`,
      ),
    ).toEqual([{ session: 'morning', pupils: 500 }])
  })

  test('that move to another commune lose the old place and keep one place a tree and day', async () => {
    await schools([school('A')])
    await schools([school('A', { commune: '16732', former_district: '413', valid_from: '2023-01-01' })])
    expect(
      await rowsOf(`select area.code, p.valid_from as first from school_area p join area on area.id = p.area_id
        where tree = 'administrative' order by first`),
    ).toEqual([
      { code: '413', first: '2023-01-01' },
      { code: '412', first: '2024-12-01' },
      { code: '16732', first: '2025-07-01' },
    ])
  })

  test('keep a site that still has devices, even when the file no longer names it', async () => {
    await schools([school('T-0001', { branch_sites: 'Bản Na' })])
    await devices([{ ...GOOD_DEVICE, site: 'Bản Na' }])
    await schools([school('T-0001')])
    expect(await rowsOf('select code from site order by code')).toEqual([
      { code: 'ban-na' },
      { code: 'main' },
    ])
  })

  test('that merged point at their successor, wherever it stands in the file', async () => {
    await schools([school('A', { valid_to: '2026-05-31', merged_into: 'B' }), school('B')])
    expect(
      await rowsOf('select s.code, t.code as target from school s join school t on t.id = s.merged_into'),
    ).toEqual([{ code: 'A', target: 'B' }])
  })

  test('are all kept out by one bad row, and nothing changes', async () => {
    const before = await version()
    const report = await schools([school('A'), school('B', { level: 'x' })])
    expect(report).toMatchObject({ good: 1, bad: 1, created: 0, written: false })
    expect(report.faults).toMatchObject([{ line: 3, column: 'level', value: 'x' }])
    expect(await rowsOf('select code from school')).toEqual([])
    expect(await version()).toBe(before)
  })

  test('that are good are written beside bad ones when the import is partial', async () => {
    const many = Array.from({ length: 600 }, (_, i) => school(`S-${i}`, i % 100 === 7 ? { lat: 'x' } : {}))
    const report = await schools(many, { partial: true })
    expect(report).toMatchObject({ good: 594, bad: 6, created: 594, written: true })
    expect(await rowsOf('select count(*) as n from school')).toEqual([{ n: 594 }])
  })

  test('of a dry run are counted and not written', async () => {
    await schools([school('A'), school('B')])
    const before = await version()
    const report = await schools([school('A'), school('B', { enrolment: '1' }), school('C')], {
      dryRun: true,
    })
    expect(report).toMatchObject({ created: 1, changed: 1, unchanged: 1, written: false })
    expect(await rowsOf('select code, enrolment from school order by code')).toEqual([
      { code: 'A', enrolment: 620 },
      { code: 'B', enrolment: 620 },
    ])
    expect(await version()).toBe(before)
  })

  test('simulated and real are never mixed under one code', async () => {
    await schools([school('A')], { simulated: true })
    expect(await rowsOf('select simulated from school')).toEqual([{ simulated: true }])
    expect((await schools([school('A')])).faults).toMatchObject([{ column: 'code', value: 'A' }])
  })
})

describe('devices', () => {
  const named = { ...GOOD_DEVICE, username: 'vinh-phu-1', secret: 'a secret of good length' }

  test('are written at their site; the secret is kept as a scrypt hash and nowhere else', async () => {
    await schools([school('T-0001', { branch_sites: 'Bản Na' })])
    const report = await devices([{ ...named, site: 'Bản Na' }])
    expect(report).toMatchObject({ created: 1, changed: 0, written: true })
    expect(
      await rowsOf(`select device.code, site.code as site, room_kind, interval_s, simulated
        from device join site on site.id = site_id`),
    ).toEqual([{ code: 'ROOM-1', site: 'ban-na', room_kind: 'classroom', interval_s: 120, simulated: false }])
    const [credential] = await rowsOf('select username, secret_hash from device_credential')
    expect(credential!['username']).toBe('vinh-phu-1')
    expect(credential!['secret_hash']).toMatch(/^scrypt\$16384\$8\$1\$/)
    expect(await verifySecret(named.secret, credential!['secret_hash'] as string)).toBe(true)
    expect(await verifySecret('another secret', credential!['secret_hash'] as string)).toBe(false)
  })

  test('imported again with the same secret keep their hash; another secret gives another one', async () => {
    await schools([school('T-0001')])
    await devices([named])
    const first = await rowsOf('select secret_hash from device_credential')
    expect(await devices([named])).toMatchObject({ created: 0, changed: 0, unchanged: 1 })
    expect(await rowsOf('select secret_hash from device_credential')).toEqual(first)
    expect(await devices([{ ...named, secret: 'a changed secret, longer' }])).toMatchObject({ changed: 1 })
    expect(await rowsOf('select secret_hash from device_credential')).not.toEqual(first)
  })

  test("have vendors' names by which ingest finds them; a name lost, gained or moved is a change", async () => {
    await schools([school('T-0001')])
    const room = (code: string, aliases: string) => ({ ...GOOD_DEVICE, code, aliases })
    const aliases = () =>
      rowsOf(`select format || ':' || name as name, device.code from device_alias
        join device on device.id = device_id order by name`)
    await devices([room('ROOM-1', 'chirpstack:24E124725C140101; tasmota:TH01_R1'), room('ROOM-2', '')])
    expect(await aliases()).toEqual([
      { name: 'chirpstack:24e124725c140101', code: 'ROOM-1' },
      { name: 'tasmota:TH01_R1', code: 'ROOM-1' },
    ])
    const before = await version()
    await devices([room('ROOM-1', 'tasmota:TH01_R1; chirpstack:24e124725c140101'), room('ROOM-2', '')])
    await devices([GOOD_DEVICE])
    expect(await version()).toBe(before)
    expect(await aliases()).toHaveLength(2)
    const swapped = [room('ROOM-2', 'tasmota:TH01_R1'), room('ROOM-1', 'homie:s1-r1')]
    expect(await devices(swapped, { dryRun: true })).toMatchObject({ changed: 2, written: false })
    expect(await devices(swapped)).toMatchObject({ created: 0, changed: 2 })
    expect(await aliases()).toEqual([
      { name: 'homie:s1-r1', code: 'ROOM-1' },
      { name: 'tasmota:TH01_R1', code: 'ROOM-2' },
    ])
    expect(await version()).toBe(before + 1)
    const refused = await devices([room('ROOM-3', 'tasmota:TH01_R1')])
    expect(refused.faults).toMatchObject([{ column: 'aliases', value: 'tasmota:TH01_R1' }])
  })

  test('in a file of many rows move names between its parts, whichever comes first', async () => {
    await schools([school('T-0001')])
    const rooms = (shift: number) =>
      Array.from({ length: 400 }, (_, at) => ({
        ...GOOD_DEVICE,
        code: `ROOM-${at}`,
        aliases: `tasmota:T${(at + shift) % 400}`,
      }))
    await devices(rooms(0))
    expect(await devices(rooms(399))).toMatchObject({ changed: 400 })
    expect(await devices(rooms(0), { partial: true })).toMatchObject({ changed: 400 })
    expect(
      await rowsOf(`select count(*) as n from device_alias join device on device.id = device_id
        where name = replace(code, 'ROOM-', 'T')`),
    ).toEqual([{ n: 400 }])
  })

  test('take the simulated mark from their school', async () => {
    await schools([school('T-0001')], { simulated: true })
    expect((await devices([GOOD_DEVICE])).faults[0]!.reason.en).toContain('never both')
    await devices([GOOD_DEVICE], { simulated: true })
    expect(await rowsOf('select simulated from device')).toEqual([{ simulated: true }])
  })

  test('are all kept out by one bad row', async () => {
    await schools([school('T-0001')])
    const report = await devices([GOOD_DEVICE, { ...GOOD_DEVICE, code: 'ROOM-2', kind: 'camera' }])
    expect(report).toMatchObject({ good: 1, bad: 1, written: false })
    expect(await rowsOf('select code from device')).toEqual([])
  })
})
