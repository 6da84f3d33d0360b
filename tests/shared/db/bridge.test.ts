import net from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
  await db.database.query('create table shelf (id int primary key, words text not null)')
})
afterAll(() => db.drop())

async function client(): Promise<pg.Client> {
  const one = new pg.Client(db.url)
  one.on('error', () => {})
  await one.connect()
  return one
}

test("nobody's statement lands inside another's transaction", async () => {
  const [first, second] = [await client(), await client()]
  await first.query('begin')
  await first.query(`insert into shelf values (1, 'mine')`)
  const other = second.query('select count(*)::int as n from shelf')
  await first.query('rollback')
  expect((await other).rows[0].n).toBe(0)
  await Promise.all([first.end(), second.end()])
})

test('a client that vanishes in its transaction leaves nothing behind and blocks nobody', async () => {
  const gone = await client()
  await gone.query('begin')
  await gone.query(`insert into shelf values (2, 'gone')`)
  ;(gone as unknown as { connection: { stream: net.Socket } }).connection.stream.destroy()
  expect((await db.database.query('select count(*) as n from shelf where id = 2')).rows[0]).toEqual({ n: 0 })
})

test('an error in a transaction ends with it', async () => {
  const one = await client()
  await expect(one.query('select * from no_such_shelf')).rejects.toMatchObject({ code: '42P01' })
  await one.query('begin')
  await one.query(`insert into shelf values (3, 'a')`)
  await expect(one.query(`insert into shelf values (3, 'b')`)).rejects.toMatchObject({ code: '23505' })
  await one.query('rollback')
  expect((await one.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  await one.end()
})

test('five thousand rows in one statement arrive whole, many times over', async () => {
  await db.database.query('create table pile (n int not null)')
  const rows = Array.from({ length: 5_000 }, (_, n) => n)
  await Promise.all(
    Array.from({ length: 20 }, () =>
      db.database.query('insert into pile select * from unnest($1::int[])', [rows]),
    ),
  )
  expect((await db.database.query('select count(*) as n, sum(n) as total from pile')).rows[0]).toEqual({
    n: 100_000,
    total: (20 * 5_000 * 4_999) / 2,
  })
})

describe('somebody who does not speak Postgres', () => {
  test('is turned away without harm to others', async () => {
    const socket = net.connect(Number(new URL(db.url).port), new URL(db.url).hostname)
    socket.on('error', () => {}).resume()
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await closed
    expect((await db.database.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  })
})
