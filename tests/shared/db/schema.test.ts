import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dumpSchema } from '../../../shared/db/dump/dump-schema.ts'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())

test('schema.sql is what the migrations make (npm run schema writes it)', async () => {
  const committed = readFileSync(new URL('../../../shared/db/schema.sql', import.meta.url), 'utf8')
  expect(await dumpSchema(db.database)).toBe(committed)
})
