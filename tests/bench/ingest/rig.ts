import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connect, type Database } from '../../../shared/db/connect.ts'
import { boundedFile } from '../../../shared/node/bounded-file.ts'
import { createLog } from '../../../shared/node/log.ts'
import { Part } from '../../../shared/node/supervise.ts'
import { prepareDatabase } from '../../../standalone/prepare-database.ts'
import { createServerDatabase } from '../../helpers/server-database.ts'
import { freePorts } from '../../helpers/standalone.ts'
import type { Summary } from '../statistics.ts'

/** A database with registered devices, and the ingest program alone in front of it. */
export interface IngestRig {
  folder: string
  databaseUrl: string
  database: Database
  databasePart: Part | undefined
  /** Topics of the registered devices' telemetry. */
  topics: string[]
  startIngest(environment?: Record<string, string>): Promise<{ part: Part; port: number; httpUrl: string }>
  /** Forgets all readings, so that each candidate starts with empty tables. */
  empty(): Promise<void>
  stop(): Promise<void>
}

const SCHOOLS = 100
const DEVICES_PER_SCHOOL = 40

/** `server`: a TimescaleDB server; undefined: the embedded database as a process. */
export async function createIngestRig(server: string | undefined): Promise<IngestRig> {
  const folder = mkdtempSync(join(tmpdir(), 'ioc-bench-'))
  const part = (name: string, module: string, environment: Record<string, string>) =>
    new Part({
      name,
      module: new URL(`../../../${module}`, import.meta.url),
      environment: { LOG_LEVEL: 'warn', DATA_DIR: folder, ...environment },
      output: boundedFile(join(folder, `${name}.log`)),
      longestWaitMs: 500,
      onCrash: () => {},
    })
  const place = server ? await createServerDatabase(server) : undefined
  const [databasePort] = (await freePorts(1)) as [number]
  const databasePart = place
    ? undefined
    : part('database', 'shared/db/embedded/main.ts', { EMBEDDED_DB_PORT: `${databasePort}` })
  await databasePart?.start()
  const databaseUrl = place?.url ?? `postgres://postgres@127.0.0.1:${databasePort}/postgres`
  const log = createLog('bench', 'silent')
  await prepareDatabase(databaseUrl, Date.now(), log)
  const database = connect({
    url: databaseUrl,
    program: 'bench',
    connections: 2,
    statementTimeoutMs: 600_000,
    log,
  })
  const topics = await register(database)
  const running: Part[] = []
  return {
    folder,
    databaseUrl,
    database,
    databasePart,
    topics,
    async startIngest(environment = {}) {
      const [mqttPort, httpPort] = (await freePorts(2)) as [number, number]
      const ingest = part('ingest', 'ingest/main.ts', {
        DATABASE_URL: databaseUrl,
        MQTT_PORT: `${mqttPort}`,
        INGEST_PORT: `${httpPort}`,
        ...environment,
      })
      running.push(ingest)
      await ingest.start()
      return { part: ingest, port: mqttPort, httpUrl: `http://127.0.0.1:${httpPort}` }
    },
    async empty() {
      await database.query('truncate reading, device_seen, journal')
    },
    async stop() {
      for (const one of running) await one.stop(8_000)
      await database.end()
      await databasePart?.stop(8_000)
      await place?.drop()
      if (!process.env['KEEP_TEST_DATABASE']) rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function register(database: Database): Promise<string[]> {
  return database.transaction(async (client) => {
    await client.query(
      `insert into school (code, name, level, ownership, enrolment, valid_from, simulated)
       select 'TH-' || n, 'Trường ' || n, 'primary', 'public', 500, '2022-01-01', true from generate_series(1, ${SCHOOLS}) as s (n)`,
    )
    await client.query(
      `insert into site (school_id, code, name, is_main) select id, 'main', 'Điểm chính', true from school`,
    )
    const { rows } = await client.query<{ topic: string }>(
      `with made as (
         insert into device (school_id, site_id, code, kind, room, room_kind, interval_s, valid_from, simulated)
         select s.id, t.id, 'R' || n, 'room', 'P' || n, 'classroom', 60, '2022-01-01', true
         from school s join site t on t.school_id = s.id cross join generate_series(1, ${DEVICES_PER_SCHOOL}) as d (n)
         returning school_id, code)
       select 'ioc/v1/' || s.code || '/telemetry/' || made.code as topic from made join school s on s.id = made.school_id
       order by made.code, s.code`,
    )
    await client.query('update registry_version set version = version + 1')
    return rows.map((row) => row.topic)
  })
}

export interface FloodResult {
  messages: number
  seconds: number
  waits: Summary
  cpuSeconds: number
}

/** Publishes from a process of its own; settings as in flood.ts. */
export function flood(settings: {
  port: number
  connections: number
  window: number
  messages: number
  rate: number | null
  from: number
  topics: string[]
}): Promise<FloodResult> {
  const child: ChildProcess = fork(
    fileURLToPath(new URL('./flood.ts', import.meta.url)),
    [JSON.stringify({ host: '127.0.0.1', ...settings })],
    { execArgv: ['--import', 'tsx'] },
  )
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('message', (message) => resolve(message as FloodResult))
    child.once('exit', (code) => reject(new Error(`the load ended with code ${code}`)))
  })
}
