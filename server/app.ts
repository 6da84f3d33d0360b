import { awaitDatabase, connect } from '../shared/db/connect.ts'
import { migrate } from '../shared/db/migrate.ts'
import { seedReference } from '../shared/db/seed.ts'
import { createClock } from '../shared/node/clock.ts'
import { Lifecycle, type Program } from '../shared/node/lifecycle.ts'
import type { Logger } from '../shared/node/log.ts'
import { productVersion, type ServerSettings } from './config.ts'
import { CLIENT_FOLDER } from './http/client-files.ts'
import { createEngine } from './indicators/create-engine.ts'
import { createMaintenance } from './maintenance/create-maintenance.ts'
import { createIngestProbes } from './routes/ingest-probe.ts'
import { createMaintenanceProbe } from './routes/maintenance-probe.ts'
import { startWeb } from './web.ts'

/** How long a start waits for the database, which may be starting itself. */
const DATABASE_PATIENCE_MS = 60_000

/** The server put together, in one list. What has been started is stopped again when a later step fails. */
export async function startServer(settings: ServerSettings, log: Logger): Promise<Program & { url: string }> {
  const lifecycle = new Lifecycle(log)
  try {
    const clock = createClock(settings.IOC_CLOCK)

    const database = connect({
      url: settings.DATABASE_URL,
      program: 'server',
      connections: 6,
      statementTimeoutMs: 30_000,
      log,
    })
    lifecycle.onStop('database', () => database.end())
    await awaitDatabase(database, DATABASE_PATIENCE_MS)
    await migrate(database, (name) => log.info({ name }, 'migrated'))
    await seedReference(database, clock.now())

    const engine = createEngine({ database, clock, log })
    lifecycle.onStop('engine', () => engine.stop())
    await engine.start()

    const maintenance = createMaintenance({
      database,
      clock,
      log,
      mode: settings.IOC_MAINTENANCE,
      lateHours: engine.lateHours,
    })
    lifecycle.onStop('maintenance', () => maintenance.stop())
    await maintenance.start()

    const version = productVersion(CLIENT_FOLDER)

    const url = await startWeb(
      {
        board: engine,
        database,
        clock,
        clockSetting: settings.IOC_CLOCK,
        log,
        version,
        host: settings.HOST,
        port: settings.PORT,
        clientFolder: CLIENT_FOLDER,
        otherParts: [
          ...createIngestProbes(settings.INGEST_URL),
          createMaintenanceProbe(maintenance, version),
        ],
      },
      lifecycle,
    )
    log.info({ url }, 'listening')
    return { url, stop: () => lifecycle.stop() }
  } catch (thrown) {
    await lifecycle.stop()
    throw thrown
  }
}
