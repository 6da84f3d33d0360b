import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyDatabase } from '../../../shared/db/copy/copy-database.ts'
import { copiedTables, leftOut } from '../../../shared/db/copy/tables.ts'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { addDeadMessage } from '../../helpers/dead-letters.ts'

let from: TestDatabase
let to: TestDatabase
beforeAll(async () => {
  from = await createTestDatabase()
  to = await createTestDatabase()
  const { query } = from.database
  await query(`insert into school (code, name, level, ownership, enrolment, valid_from, simulated)
    select 'S' || g, 'Trường ' || g, 'primary', 'public', 500, '2025-01-01', false from generate_series(1, 3) g`)
  await query(
    `insert into site (school_id, code, name, is_main) select id, 'main', 'Điểm chính', true from school`,
  )
  await query(`insert into device (school_id, site_id, code, kind, interval_s, valid_from)
    select s.id, t.id, 'R1', 'room', 60, '2025-01-01' from school s join site t on t.school_id = s.id`)
  await query(`insert into reading select '2026-11-20T00:00:00Z'::timestamptz + g * interval '10 seconds', 1, 1, g * 0.1, 0
    from generate_series(1, 12000) g`)
  for (let i = 0; i < 120; i++) await addDeadMessage(from.database, { payload: Buffer.from([0, 255, i]) })
  await query(
    `insert into indicator_sum values ('2026-11-20', 'attendance-rate', 'morning', 1, 480, 500, now())`,
  )
})
afterAll(async () => {
  await from.drop()
  await to.drop()
})

test('every table of the schema is either copied or left out by name', async () => {
  const { rows } = await from.database.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`,
  )
  const known: string[] = [...copiedTables.map((table) => table.name), ...leftOut]
  expect(rows.map((row) => row.name)).toEqual(known.sort())
})

test('everything arrives, to the last bit, and new rows get new ids', async () => {
  const seen: Record<string, number> = {}
  await copyDatabase(from.database, to.database, ({ table, rows }) => {
    seen[table] = rows
  })
  expect(seen).toMatchObject({
    area: 152,
    school: 3,
    reading: 12_000,
    dead_message: 120,
    dead_letter: 120,
    indicator_sum: 1,
  })
  const sums = 'select count(*) as n, sum(value) as total, min(ts) as first, max(ts) as last from reading'
  expect((await to.database.query(sums)).rows).toEqual((await from.database.query(sums)).rows)
  const letters = await to.database.query<{ payload: Buffer }>(
    'select payload from dead_letter l join dead_message m on m.id = l.message_id order by l.id',
  )
  expect(letters.rows.map((row) => row.payload)).toEqual(
    Array.from({ length: 120 }, (_, i) => Buffer.from([0, 255, i])),
  )
  const { rows } = await to.database.query<{ id: number }>(
    `insert into school (code, name, level, ownership, enrolment, valid_from, simulated)
     values ('S9', 'Trường 9', 'primary', 'public', 1, '2025-01-01', false) returning id`,
  )
  expect(rows[0]!.id).toBe(4)
})

test('a target that is in use is refused', async () => {
  await expect(copyDatabase(from.database, to.database, () => {})).rejects.toMatchObject({
    code: 'copy-target-used',
  })
})
