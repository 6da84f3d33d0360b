import { awaitDatabase, connect } from '../shared/db/connect.ts'
import { migrate } from '../shared/db/migrate.ts'
import { seedReference } from '../shared/db/seed.ts'
import type { Logger } from '../shared/node/log.ts'

export interface Stored {
  realSchools: number
  simulatedSchools: number
  simulatedDevices: number
  /** Newest event time in the store, in milliseconds; undefined in an empty one. */
  newest: number | undefined
}

/** Waits for the database, brings its schema up to date, and says what is in it. */
export async function prepareDatabase(url: string, now: number, log: Logger): Promise<Stored> {
  const database = connect({ url, program: 'start', connections: 1, statementTimeoutMs: 60_000, log })
  try {
    await awaitDatabase(database, 15_000)
    await migrate(database)
    await seedReference(database, now)
    const { rows } = await database.query<{
      real: number
      simulated: number
      devices: number
      newest: Date | null
    }>(
      `select (select count(*) from school where not simulated) as real,
        (select count(*) from school where simulated) as simulated,
        (select count(*) from device where simulated) as devices,
        greatest((select max(ts) from reading), (select max(taken_at) from roll_current)) as newest`,
    )
    const found = rows[0]!
    return {
      realSchools: found.real,
      simulatedSchools: found.simulated,
      simulatedDevices: found.devices,
      newest: found.newest?.getTime(),
    }
  } finally {
    await database.end()
  }
}
