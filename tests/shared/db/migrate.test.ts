import { afterAll, beforeAll, expect, test } from 'vitest'
import { assertTimescale, compareVersions, knownMigrations, migrate } from '../../../shared/db/migrate.ts'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())

test('migrating a current database applies nothing, also from several programs at once', async () => {
  const applied: string[] = []
  await Promise.all([1, 2, 3].map(() => migrate(db.database, (name) => applied.push(name))))
  expect(applied).toEqual([])
  expect(
    (await db.database.query('select id from schema_migration order by id')).rows.map((row) => row.id),
  ).toEqual(knownMigrations().map((migration) => migration.id))
})

test('a newer schema is refused by a sentence naming both versions', async () => {
  await db.database.query(`insert into schema_migration values (900000, '900000-later.sql', 'x', now())`)
  await expect(migrate(db.database)).rejects.toMatchObject({
    code: 'schema-newer',
    message: expect.stringContaining('900000'),
  })
  await db.database.query('delete from schema_migration where id = 900000')
})

test('a migration that is not the one of this program is refused', async () => {
  await db.database.query(`update schema_migration set checksum = 'x' where id = 1`)
  await expect(migrate(db.database)).rejects.toMatchObject({ code: 'schema-changed' })
  await db.database.query('update schema_migration set checksum = $1 where id = 1', [
    knownMigrations()[0]!.checksum,
  ])
})

test.each([
  ['2.18.1', '2.18.1', 0],
  ['2.23.0-dev', '2.18.1', 1],
  ['2.9.3', '2.18.1', -1],
  ['2.18', '2.18.1', -1],
  ['3.0.0', '2.99.9', 1],
])('version %s against %s', (found, minimum, expected) => {
  expect(Math.sign(compareVersions(found, minimum))).toBe(expected)
})

test('an old TimescaleDB is refused by a sentence naming place, both versions and the way out', () => {
  expect(() => assertTimescale('2.17.2', 'db:5432/ioc')).toThrow(
    /db:5432\/ioc has TimescaleDB 2\.17\.2, older than 2\.18\.1: upgrade/,
  )
  expect(() => assertTimescale('2.18.1', 'db:5432/ioc')).not.toThrow()
})
