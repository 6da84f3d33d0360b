import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { csv, GOOD_SCHOOL } from './rows.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
let db: TestDatabase
let folder: string
beforeAll(async () => {
  db = await createTestDatabase()
  folder = mkdtempSync(join(tmpdir(), 'ioc-import-'))
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await db.drop()
})

interface Ended {
  code: number
  stdout: string
  stderr: string
}

/** Runs a program of the product the way npm does, with `--` in front of its arguments. */
function run(program: string, ...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { ...process.env, DATABASE_URL: db.url }
    const argv = ['--import', 'tsx', program, '--', ...args]
    const child = execFile(process.execPath, argv, { cwd: ROOT, env }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr })
    })
  })
}

const file = (name: string, content: Buffer) => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}
const IMPORT_SCHOOLS = 'server/registry/import-schools-main.ts'

test('a whole simulated province goes from its CSV files into the registry in seconds', async () => {
  expect((await run('ingest/simulator/province-csv-main.ts', '--out', folder)).code).toBe(0)
  const since = Date.now()
  const schools = await run(IMPORT_SCHOOLS, join(folder, 'schools.csv'), '--simulated')
  const devices = await run(
    'server/registry/import-devices-main.ts',
    join(folder, 'devices.csv'),
    '--simulated',
  )
  const seconds = (Date.now() - since) / 1000
  expect(schools).toMatchObject({ code: 0, stderr: '' })
  expect(schools.stdout).toContain('1517 rows: 1517 good, 0 bad. 1517 created')
  expect(devices).toMatchObject({ code: 0, stderr: '' })
  // Generous for a machine under load: alone it takes about five seconds, most of them starting the programs.
  expect(seconds).toBeLessThan(40)
  const { rows } = await db.database.query(
    `select (select count(*) from school where simulated) as schools, (select sum(enrolment) from school) as pupils,
      (select count(*) from device where simulated) as devices,
      (select count(distinct area_id) from school_area where tree = 'administrative' and valid_to is null) as communes,
      (select count(distinct area_id) from school_area where tree = 'former-district' and valid_to is not null) as districts`,
  )
  expect(rows[0]).toMatchObject({ schools: 1517, pupils: 945_000, communes: 130, districts: 21 })
  expect(rows[0]!['devices']).toBeGreaterThan(4_000)
})

test('a bad row ends the command with code 65, its fault on stderr and a clean registry', async () => {
  const rows = [
    { ...GOOD_SCHOOL, code: 'X-1' },
    { ...GOOD_SCHOOL, code: 'X-2', enrolment: 'nhiều' },
  ]
  const path = file('bad.csv', csv(rows, ';'))
  const all = await run(IMPORT_SCHOOLS, path)
  expect(all.code).toBe(65)
  expect(all.stderr).toContain('dòng (line) 3, cột (column) enrolment, giá trị (value) "nhiều"')
  expect(all.stdout).toContain('Nothing was written')
  const partial = await run(IMPORT_SCHOOLS, path, '--partial')
  expect(partial.code).toBe(65)
  expect(partial.stdout).toContain('2 rows: 1 good, 1 bad. 1 created')
})

test('a dry run says what it would do', async () => {
  const path = file('dry.csv', csv([{ ...GOOD_SCHOOL, code: 'Y-1' }]))
  const ended = await run(IMPORT_SCHOOLS, path, '--dry-run')
  expect(ended).toMatchObject({ code: 0, stderr: '' })
  expect(ended.stdout).toContain('Dry run, nothing was written. It would be: 1 created')
  const { rows } = await db.database.query(`select 1 from school where code = 'Y-1'`)
  expect(rows).toEqual([])
})

test.each([
  ['no file', [], 64, 'Give one file. Usage: npm run import:schools'],
  ['an unknown option', ['x.csv', '--force'], 64, 'Unknown option'],
  ['a file that is not there', ['none.csv'], 66, 'none.csv cannot be read (ENOENT)'],
])('%s: one sentence and the exit code of its kind', async (_, args, code, sentence) => {
  const ended = await run(IMPORT_SCHOOLS, ...args)
  expect(ended.code).toBe(code)
  expect(ended.stderr).toContain(sentence)
  expect(ended.stderr).not.toContain('    at ')
})
