import { pino } from 'pino'
import { connect } from '../../shared/db/connect.ts'
import { migrate } from '../../shared/db/migrate.ts'
import { seedReference } from '../../shared/db/seed.ts'

/** Migrates and seeds an empty database. */
export async function prepareSchema(url: string): Promise<void> {
  const database = connect({
    url,
    program: 'tests',
    connections: 1,
    statementTimeoutMs: 60_000,
    log: pino({ level: 'silent' }),
  })
  try {
    await migrate(database)
    await seedReference(database, Date.UTC(2026, 0, 1))
  } finally {
    await database.end()
  }
}
