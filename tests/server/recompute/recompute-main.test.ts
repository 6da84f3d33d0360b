import { spawn } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { seedProvince, type TestProvince } from '../harness.ts'

let db: TestDatabase
let province: TestProvince

beforeAll(async () => {
  db = await createTestDatabase()
  province = await seedProvince(db.database, { schools: 2, rooms: 1 })
})
afterAll(() => db.drop())

/** Runs the program as an operator does. */
function recompute(...args: string[]): Promise<{ code: number | null; output: string }> {
  const program = new URL('../../../server/recompute/recompute-main.ts', import.meta.url).pathname
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
    env: { ...process.env, DATABASE_URL: db.url },
  })
  let output = ''
  child.stdout.on('data', (text) => (output += text))
  child.stderr.on('data', (text) => (output += text))
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })))
}

test('it ends with 0 and a table when nothing differs, with 1 and the school when something does', async () => {
  const day = '2026-11-20'
  const now = '2026-11-20T18:00:00+07:00'
  const nothing = await recompute('--date', day, '--now', now)
  expect(nothing.output).toContain('roll-completeness')
  // Nobody called a roll and nobody stored that: eight classes of two schools in two sessions are missing.
  expect(nothing).toMatchObject({ code: 1 })
  await db.database.query(
    `insert into indicator_sum (day, indicator, period, school_id, numerator, denominator, updated_at)
      select $1, 'roll-completeness', session, school_id, 0, classes, now() from school_session`,
    [day],
  )
  expect(await recompute('--date', day, '--now', now)).toMatchObject({
    code: 0,
    output: expect.stringContaining('No difference.'),
  })
  await db.database.query(
    `update indicator_sum set numerator = 3 where school_id = $1 and period = 'morning'`,
    [province.schools[1]!.id],
  )
  const wrong = await recompute('--date', day, '--now', now)
  expect(wrong.code).toBe(1)
  expect(wrong.output).toContain('roll-completeness morning of school S1: stored 3 / 4, raw rows say 0 / 4')
})

test('a wrong argument ends with one sentence and 64', async () => {
  const { code, output } = await recompute('--date', 'yesterday')
  expect(code).toBe(64)
  expect(output).toContain('npm run recompute')
})
