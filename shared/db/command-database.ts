import { z } from 'zod'
import { realClock } from '../node/clock.ts'
import { optionalText, port, readConfig } from '../node/config.ts'
import { createLog } from '../node/log.ts'
import { awaitDatabase, connect, type Database } from './connect.ts'
import { migrate } from './migrate.ts'
import { seedReference } from './seed.ts'

/** Where a command-line program finds the database. */
export const CommandSettings = z.object({
  DATABASE_URL: optionalText().describe('a TimescaleDB server; unset: the embedded database of npm start'),
  EMBEDDED_DB_PORT: port(5433).describe('port of the embedded database, on loopback only'),
})

export interface CommandDatabaseOptions {
  /** Shown in pg_stat_activity. */
  program: string
  environment: Record<string, string | undefined>
  connections?: number
}

const PATIENCE_MS = 5_000
const STATEMENT_TIMEOUT_MS = 60_000

/**
 * Opens the database a command is meant for, brings its schema up to date, and closes it after `work`.
 * @throws IocError bad-setting, database-unreachable, and those of migrate; and what `work` throws.
 */
export async function withCommandDatabase<T>(
  { program, environment, connections = 1 }: CommandDatabaseOptions,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const settings = readConfig(CommandSettings, environment)
  const database = connect({
    url: settings.DATABASE_URL ?? `postgres://postgres@127.0.0.1:${settings.EMBEDDED_DB_PORT}/postgres`,
    program,
    connections,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    log: createLog(program, 'silent'),
  })
  try {
    await awaitDatabase(database, PATIENCE_MS)
    await migrate(database)
    await seedReference(database, realClock.now())
    return await work(database)
  } finally {
    await database.end()
  }
}
