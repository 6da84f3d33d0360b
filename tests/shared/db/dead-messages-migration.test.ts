import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'

/** Migration 6 on a table as migration 2 made it. */
const migration = (name: string) =>
  readFileSync(new URL(`../../../shared/db/migrations/${name}`, import.meta.url), 'utf8')
const TABLE_BEFORE = migration('000002-measurements.sql').match(
  /create table dead_letter \(.*?dead_letter \(reason, received_at desc\);/s,
)![0]

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
  await db.database.query('drop view waiting_device; drop table dead_letter, dead_message')
  await db.database.query(TABLE_BEFORE)
})
afterAll(() => db.drop())

const AT = new Date('2026-11-23T01:00:00Z')
const add = (payload: Buffer | string, more: { topic?: string; detail?: string; at?: Date } = {}) =>
  db.database.query(
    `insert into dead_letter (received_at, source, topic, payload, reason, field, detail, remedy, school_code)
     values ($1, 'mqtt', $2, $3, 'bad-body', 'f', $4, 'r', 'TH-01')`,
    [more.at ?? AT, more.topic ?? 't', Buffer.from(payload), more.detail ?? 'd'],
  )

test('letters of before move over: what was one message is one again, with the most of its bytes that were kept', async () => {
  const large = Buffer.alloc(65_536, 'L')
  const cut = (kept: number, of: number) => ({ detail: `d (${kept} of ${of} bytes kept)` })
  await add('{"a":1}')
  await add('{"a":1}')
  await add('{"a"', cut(4, 7))
  await add('', cut(0, 7))
  await add('{"a":1}', { at: new Date(AT.getTime() + 1) })
  await add('{"b":2}')
  await add(large, { topic: 'large', ...cut(65_536, 70_000) })
  await add('', { topic: 'large', ...cut(0, 70_000) })
  await add('', { topic: 'alone', ...cut(0, 10) })
  await add('', { topic: 'empty' })
  await db.database.transaction((client) => client.query(migration('000006-dead-messages.sql')))

  const { rows } = await db.database.query(
    `select m.id, m.topic, length(m.payload) as bytes, m.size, m.letters, m.waiting, m.attempts,
       (select count(*) from dead_letter l where l.message_id = m.id) as kept
     from dead_message m order by m.id`,
  )
  const common = { waiting: false, attempts: 0 }
  expect(rows).toEqual([
    { id: 1, topic: 't', bytes: 7, size: 7, letters: 4, kept: 4, ...common },
    { id: 5, topic: 't', bytes: 7, size: 7, letters: 1, kept: 1, ...common },
    { id: 6, topic: 't', bytes: 7, size: 7, letters: 1, kept: 1, ...common },
    { id: 7, topic: 'large', bytes: 65_536, size: 70_000, letters: 2, kept: 2, ...common },
    { id: 9, topic: 'alone', bytes: 0, size: 10, letters: 1, kept: 1, ...common },
    { id: 10, topic: 'empty', bytes: 0, size: 0, letters: 1, kept: 1, ...common },
  ])
  const letters = await db.database.query(
    'select distinct reason, field, value, detail, remedy, school_code from dead_letter',
  )
  expect(letters.rows).toEqual([
    { reason: 'bad-body', field: 'f', value: null, detail: 'd', remedy: 'r', school_code: 'TH-01' },
  ])
  const next = await db.database.query(
    `insert into dead_message (received_at, source, topic, payload, size, qos, retained, waiting, letters)
     values (now(), 'mqtt', 't', '', 0, 1, false, false, 1) returning id`,
  )
  expect(next.rows).toEqual([{ id: 11 }])
})
