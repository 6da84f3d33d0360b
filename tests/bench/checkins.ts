import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { momentOf } from '../../shared/domain/time.ts'
import { formatClock } from '../../shared/node/clock.ts'
import { type Stack, startStack } from '../helpers/stack.ts'
import { growthOfHalves, type MemorySample, residentMiB } from './process-memory.ts'
import type { Report } from './report.ts'
import { type Summary, summarise } from './statistics.ts'

/** Ingest anchors, criterion 15: 500 schools of 600 pupils in a quarter of an hour, 2,000 a second at the peak. */
const SCHOOLS = 500
const PUPILS = 600
const PEAK = 2_000
const PEAK_SHARE = 1 / 15
const DAY = '2026-11-23'
const SECRET = 'client-secret-of-the-bench'

interface LoadResult {
  passages: number
  pushes: number
  again: number
  refused: number
  lost: number
  quiet: Summary
  peak: Summary
}

/** Passages at gates by HTTP, as face cameras and terminals push them, while everything runs on this machine. */
export async function checkins(options: { seconds: number | undefined }): Promise<Report> {
  const seconds = options.seconds ?? 900
  const clock = { real: Date.now(), shown: momentOf(DAY, '06:40'), speed: 1 }
  console.log(`Starting the stack with ${SCHOOLS} schools …`)
  const environment = {
    LOG_LEVEL: 'warn',
    HANET_CLIENT_SECRET: SECRET,
    INGEST_EVENT_KEY: 'event-key-of-the-bench-0123456789',
  }
  const stack = await startStack({ schools: SCHOOLS, clock, environment })
  try {
    const gates = await registerGates(stack)
    const memory: MemorySample[] = []
    const started = Date.now()
    const sampler = setInterval(() => memory.push(sample(stack, (Date.now() - started) / 1000)), 2_000)
    const peakSeconds = seconds * PEAK_SHARE
    const total = (SCHOOLS * PUPILS * seconds) / 900
    const rate = (total - PEAK * peakSeconds) / (seconds - peakSeconds)
    const load = await runLoad({
      url: stack.ingestUrl,
      clock: formatClock(clock),
      ...{ seconds, rate, peak: PEAK, peakSeconds, secret: SECRET },
      ...gates,
    })
    clearInterval(sampler)
    return report(seconds, load, await count(stack), memory)
  } finally {
    await stack.stop()
  }
}

/** Half of the schools have a camera at their gate, the others a terminal. */
async function registerGates(stack: Stack): Promise<{ cameras: string[]; terminals: string[] }> {
  const { rows } = await stack.database.query<{ format: string; name: string }>(
    `insert into device_alias (format, name, device_id)
     select case when row_number() over (order by id) % 2 = 0 then 'hanet' else 'zkteco' end, 'GATE' || id || '/in', id
     from device where kind = 'gateway'
     returning format, replace(name, '/in', '') as name`,
  )
  await stack.database.query('update registry_version set version = version + 1')
  const of = (format: string) => rows.filter((row) => row.format === format).map(({ name }) => name)
  return { cameras: of('hanet'), terminals: of('zkteco') }
}

function runLoad(settings: Record<string, unknown>): Promise<LoadResult> {
  const child = fork(
    fileURLToPath(new URL('./checkin-load.ts', import.meta.url)),
    [JSON.stringify(settings)],
    {
      execArgv: ['--import', 'tsx'],
    },
  )
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.on('message', (message) => resolve(message as LoadResult))
    child.once('exit', (code) => reject(new Error(`the load ended with code ${code}`)))
  })
}

function sample(stack: Stack, seconds: number): MemorySample {
  const { database, ingest } = stack.parts
  return { seconds, byPart: { database: residentMiB(database?.pid), ingest: residentMiB(ingest.pid) } }
}

async function count(stack: Stack): Promise<{ rows: number; events: number; letters: number }> {
  const { rows } = await stack.database.query<{ rows: number; events: number; letters: number }>(
    `select count(*) as rows, count(distinct message_id) as events, (select count(*) from dead_letter) as letters
     from checkin`,
  )
  return rows[0]!
}

function report(
  seconds: number,
  load: LoadResult,
  stored: { rows: number; events: number; letters: number },
  memory: MemorySample[],
): Report {
  const ms = (value: number) => Math.round(value)
  const line = (what: string, one: Summary) => [
    what,
    one.samples,
    ms(one.p50),
    ms(one.p95),
    ms(one.p99),
    ms(one.worst),
  ]
  const growth = growthOfHalves(memory, 'ingest')
  const exact = stored.rows === load.passages && stored.events === load.passages && stored.letters === 0
  return {
    name: 'checkins',
    title: 'passages at gates by HTTP',
    what: `${load.passages} passages of ${SCHOOLS} schools over ${seconds} s, ${ms(load.passages / seconds)} a second on average and ${PEAK} for ${ms(seconds * PEAK_SHARE)} s, in ${load.pushes} pushes of HANET cameras and ZKTeco terminals, of which ${load.again} were sent twice; embedded database, HTTP on loopback: \`npm run bench -- checkins\`. Milliseconds from push to answer, which comes after the commit.`,
    columns: ['what', 'samples', 'p50', 'p95', 'p99', 'worst'],
    rows: [
      line('push -> answer', load.quiet),
      line('push -> answer, at the peak', load.peak),
      line('memory of ingest, MiB', summarise(memory.map(({ byPart }) => byPart['ingest'] ?? 0))),
    ],
    goals: [
      {
        goal: 'every passage is stored once',
        found: `${stored.rows} rows, ${stored.events} events, ${stored.letters} letters of ${load.passages} passages; ${load.lost} pushes never taken`,
        met: exact && load.lost === 0,
      },
      {
        goal: 'no push is refused',
        found: `${load.refused} refused and sent again`,
        met: load.refused === 0,
      },
      {
        goal: 'answered in 1 s at the peak, 99 of 100',
        found: `${ms(load.peak.p99)} ms`,
        met: load.peak.p99 < 1_000,
      },
      {
        goal: 'memory of ingest steady (second half within 10 % or 20 MiB of the first)',
        found: `${Math.round(growth.first)} -> ${Math.round(growth.second)} MiB`,
        met: growth.second <= Math.max(growth.first * 1.1, growth.first + 20),
      },
    ],
  }
}
