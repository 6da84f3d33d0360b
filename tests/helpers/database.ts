import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { inject } from 'vitest'
import { connect, type Database } from '../../shared/db/connect.ts'
import { createBridge } from '../../shared/db/embedded/bridge.ts'
import { openEmbeddedDatabase } from '../../shared/db/embedded/database.ts'
import { prepareSchema } from './prepare-schema.ts'
import { createServerDatabase } from './server-database.ts'

export interface TestDatabase {
  /** For programs under test. */
  url: string
  database: Database
  /** Closes and removes it. Call in afterAll; when a test failed, KEEP_TEST_DATABASE=1 keeps it to look at. */
  drop(): Promise<void>
}

export const silentLog = pino({ level: 'silent' })

/** A migrated, seeded TimescaleDB of this test file alone: embedded, or on the server of TEST_DATABASE_URL. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = process.env['TEST_DATABASE_URL']
  const place = server ? await onServer(server) : await inProcess()
  const database = connect({
    url: place.url,
    program: 'tests',
    connections: 4,
    statementTimeoutMs: 60_000,
    log: silentLog,
  })
  return {
    url: place.url,
    database,
    drop: async () => {
      await database.end()
      if (!process.env['KEEP_TEST_DATABASE']) await place.remove()
    },
  }
}

interface Place {
  url: string
  remove(): Promise<void>
}

async function inProcess(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'ioc-test-'))
  cpSync(inject('databaseTemplate'), folder, { recursive: true })
  const session = await openEmbeddedDatabase(join(folder, 'cluster'))
  const bridge = createBridge({
    session,
    idleInTransactionMs: 60_000,
    onFault: (error) => console.error(error),
  })
  const port = await bridge.listen(0, '127.0.0.1')
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    remove: async () => {
      await bridge.close()
      await session.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function onServer(server: string): Promise<Place> {
  const place = await createServerDatabase(server)
  await prepareSchema(place.url)
  return { url: place.url, remove: place.drop }
}
