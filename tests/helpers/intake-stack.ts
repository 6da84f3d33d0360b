import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type Database } from '../../shared/db/connect.ts'
import { boundedFile } from '../../shared/node/bounded-file.ts'
import { createLog } from '../../shared/node/log.ts'
import { Part } from '../../shared/node/supervise.ts'
import { prepareDatabase } from '../../standalone/prepare-database.ts'
import { startProxy, type TcpProxy } from '../ingest/tcp-proxy.ts'
import { createServerDatabase } from './server-database.ts'
import { freePorts } from './standalone.ts'

/** What takes messages in, as processes: a database, ingest, and between them a proxy that can take the database away. */
export interface IntakeStack {
  database: Database
  proxy: TcpProxy
  /** Another ingest on the same database, behind the same proxy. */
  addIngest(environment?: Record<string, string>): Promise<IngestProcess>
  stop(): Promise<void>
}

export interface IngestProcess {
  part: Part
  /** Of its embedded broker. */
  mqttUrl: string
  ingestUrl: string
  /** Sum of a metric over all labels, or over those lines of it that have `label`, such as kind="telemetry". */
  sum(metric: string, label?: string): Promise<number>
}

/**
 * On the server of TEST_DATABASE_URL, or with the embedded database as a process: then `template`, the folder of a
 * migrated cluster, saves making one.
 */
export async function startIntakeStack(template?: string): Promise<IntakeStack> {
  const server = process.env['TEST_DATABASE_URL']
  const folder = mkdtempSync(join(tmpdir(), 'ioc-intake-'))
  if (template) cpSync(template, join(folder, 'timescaledb'), { recursive: true })
  const part = (name: string, module: string, environment: Record<string, string>) =>
    new Part({
      name,
      module: new URL(`../../${module}`, import.meta.url),
      environment: { DATA_DIR: folder, ...environment },
      output: boundedFile(join(folder, `${name}.log`)),
      longestWaitMs: 500,
      onCrash: () => {},
    })
  const [databasePort] = (await freePorts(1)) as [number]
  const place = server ? await createServerDatabase(server) : undefined
  const embedded = place
    ? undefined
    : part('database', 'shared/db/embedded/main.ts', { EMBEDDED_DB_PORT: `${databasePort}` })
  await embedded?.start()
  const url = place?.url ?? `postgres://postgres@127.0.0.1:${databasePort}/postgres`
  const log = createLog('intake', 'silent')
  await prepareDatabase(url, Date.now(), log)
  const proxy = await startProxy(url)
  const behind = new URL(url)
  behind.host = `127.0.0.1:${proxy.port}`
  const database = connect({ url, program: 'tests', connections: 2, statementTimeoutMs: 120_000, log })
  const programs: Part[] = []
  return {
    database,
    proxy,
    async addIngest(environment = {}) {
      const [mqttPort, ingestPort] = (await freePorts(2)) as [number, number]
      const ingest = part(`ingest-${programs.length}`, 'ingest/main.ts', {
        DATABASE_URL: behind.href,
        MQTT_PORT: `${mqttPort}`,
        INGEST_PORT: `${ingestPort}`,
        ...environment,
      })
      programs.push(ingest)
      await ingest.start()
      const ingestUrl = `http://127.0.0.1:${ingestPort}`
      return {
        part: ingest,
        mqttUrl: `mqtt://127.0.0.1:${mqttPort}`,
        ingestUrl,
        sum: async (metric, label) =>
          sumOf(await (await fetch(`${ingestUrl}/metrics`)).text(), metric, label),
      }
    },
    async stop() {
      for (const one of programs) await one.stop(8_000)
      await proxy.close()
      await database.end()
      await embedded?.stop(8_000)
      await place?.drop()
      if (!process.env['KEEP_TEST_DATABASE']) rmSync(folder, { recursive: true, force: true })
    },
  }
}

function sumOf(text: string, metric: string, label = ''): number {
  const lines = text
    .split('\n')
    .filter((line) => line.startsWith(`${metric} `) || line.startsWith(`${metric}{`))
    .filter((line) => line.includes(label))
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}

/** Schools S-1 … S-n with devices d-1 … d-m each. */
export async function addFleet(database: Database, schools: number, devicesEach: number): Promise<void> {
  await database.query(
    `insert into school (code, name, level, ownership, enrolment, valid_from)
     select 'S-' || n, 'Trường ' || n, 'primary', 'public', 300, '2022-01-01' from generate_series(1, $1::int) n`,
    [schools],
  )
  await database.query(
    `insert into site (school_id, code, name, is_main) select id, 'main', 'Điểm chính', true from school`,
  )
  await database.query(
    `insert into device (school_id, site_id, code, kind, room, room_kind, interval_s, valid_from)
     select t.school_id, t.id, 'd-' || n, 'room', 'r' || n, 'classroom', 60, '2022-01-01'
     from site t cross join generate_series(1, $1::int) n`,
    [devicesEach],
  )
  await database.query('update registry_version set version = version + 1')
}
