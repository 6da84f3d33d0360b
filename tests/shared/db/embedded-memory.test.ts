import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

function liveMiB(): number {
  collect()
  return process.memoryUsage().heapUsed / 2 ** 20
}

// The embedded database runs in this process; a server would not show here what it keeps.
test('answers that have been sent leave nothing behind in memory', { timeout: 120_000 }, async () => {
  const askOften = async (times: number) => {
    for (let n = 0; n < times; n++) await db.database.query('select n from generate_series(1, 200) as s (n)')
  }
  await askOften(50)
  const before = liveMiB()
  await askOften(1_500)
  // 300,000 rows: kept as parsed messages they would be about 90 MiB.
  expect(liveMiB() - before).toBeLessThan(15)
})
