import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type Database } from '../../shared/db/connect.ts'
import { boundedFile } from '../../shared/node/bounded-file.ts'
import { type ClockSetting, formatClock, REAL_TIME } from '../../shared/node/clock.ts'
import { createLog } from '../../shared/node/log.ts'
import { Part } from '../../shared/node/supervise.ts'
import { buildClient } from '../../standalone/client-build.ts'
import { prepareDatabase } from '../../standalone/prepare-database.ts'
import { runOnce } from '../../standalone/run-once.ts'
import { createServerDatabase } from './server-database.ts'
import { freePorts } from './standalone.ts'

/** The whole product as separate processes on free ports and in a folder of its own, as `npm start` would run it. */
export interface Stack {
  folder: string
  databaseUrl: string
  database: Database
  httpUrl: string
  mqttUrl: string
  ingestUrl: string
  parts: { database: Part | undefined; ingest: Part; server: Part }
  crashes: { part: string; how: string }[]
  stop(): Promise<void>
}

export interface StackOptions {
  clock?: ClockSetting
  /** Simulated schools to register before the programs start; none: an empty registry. */
  schools?: number
  seed?: number
  /** A TimescaleDB server; unset: the embedded database as a process. */
  server?: string | undefined
  /** More settings for ingest and server. */
  environment?: Record<string, string>
}

export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const folder = mkdtempSync(join(tmpdir(), 'ioc-stack-'))
  const crashes: Stack['crashes'] = []
  const part = (name: string, module: string, environment: Record<string, string>) =>
    new Part({
      name,
      module: new URL(`../../${module}`, import.meta.url),
      environment: { LOG_LEVEL: 'info', DATA_DIR: folder, ...environment },
      output: boundedFile(join(folder, `${name}.log`)),
      // A test that kills a part many times in a minute is not a part that keeps failing.
      longestWaitMs: 500,
      onCrash: (which, how) => crashes.push({ part: which, how }),
    })
  const [databasePort, mqttPort, ingestPort, port] = (await freePorts(4)) as [number, number, number, number]
  const server = options.server ? await createServerDatabase(options.server) : undefined
  const database = server
    ? undefined
    : part('database', 'shared/db/embedded/main.ts', { EMBEDDED_DB_PORT: `${databasePort}` })
  await database?.start()
  const databaseUrl = server?.url ?? `postgres://postgres@127.0.0.1:${databasePort}/postgres`
  const log = createLog('stack', 'silent')
  await prepareDatabase(databaseUrl, Date.now(), log)
  if (options.schools) await register(options.schools, options.seed ?? 1, folder, databaseUrl)

  await buildClient()
  const shared = {
    DATABASE_URL: databaseUrl,
    HOST: '127.0.0.1',
    IOC_CLOCK: formatClock(options.clock ?? REAL_TIME),
    ...options.environment,
  }
  const ingest = part('ingest', 'ingest/main.ts', {
    ...shared,
    MQTT_PORT: `${mqttPort}`,
    INGEST_PORT: `${ingestPort}`,
  })
  const main = part('server', 'server/main.ts', {
    ...shared,
    PORT: `${port}`,
    INGEST_URL: `http://127.0.0.1:${ingestPort}`,
  })
  await Promise.all([ingest.start(), main.start()])
  const own = connect({
    url: databaseUrl,
    program: 'tests',
    connections: 2,
    statementTimeoutMs: 120_000,
    log,
  })
  return {
    folder,
    databaseUrl,
    database: own,
    httpUrl: `http://127.0.0.1:${port}`,
    mqttUrl: `mqtt://127.0.0.1:${mqttPort}`,
    ingestUrl: `http://127.0.0.1:${ingestPort}`,
    parts: { database, ingest, server: main },
    crashes,
    async stop() {
      await own.end()
      await ingest.stop(8_000)
      await main.stop(8_000)
      await database?.stop(8_000)
      await server?.drop()
      if (!process.env['KEEP_TEST_DATABASE']) rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function register(schools: number, seed: number, folder: string, databaseUrl: string): Promise<void> {
  const environment = { DATABASE_URL: databaseUrl }
  await runOnce(
    'ingest/simulator/province-csv-main.ts',
    ['--schools', `${schools}`, '--seed', `${seed}`, '--out', folder],
    {},
  )
  await runOnce(
    'server/registry/import-schools-main.ts',
    [join(folder, 'schools.csv'), '--simulated'],
    environment,
  )
  await runOnce(
    'server/registry/import-devices-main.ts',
    [join(folder, 'devices.csv'), '--simulated'],
    environment,
  )
}
