import { cpuSeconds, cpuSecondsOfName } from '../process-cpu.ts'
import { residentMiB } from '../process-memory.ts'
import { type FloodResult, flood, type IngestRig } from './rig.ts'

/** First moment of the load: a school day. */
export const FROM = Date.parse('2026-11-23T01:00:00Z')
const CONNECTIONS = 20

export interface Measured extends FloodResult {
  /** Messages a second, from the first PUBLISH to the last acknowledgement. */
  rate: number
  /** Processor time of ingest and database, microseconds a message. */
  ingestMicros: number
  databaseMicros: number
  /** Most resident memory of ingest, MiB. */
  memory: number
  missing: number
  /** received - stored - duplicate - dead letter - ignored - in flight, from /metrics. */
  unaccounted: number
}

/** Floods a running ingest program and looks at it meanwhile. */
export async function measure(
  rig: IngestRig,
  ingest: { part: { pid: number | undefined }; port: number; httpUrl: string },
  load: { messages: number; rate: number | null; port?: number },
): Promise<Measured> {
  await rig.empty()
  const database = () => (rig.databasePart ? cpuSeconds(rig.databasePart.pid) : cpuSecondsOfName('postgres'))
  const before = { ingest: cpuSeconds(ingest.part.pid), database: database() }
  let memory = 0
  const watch = setInterval(() => {
    memory = Math.max(memory, residentMiB(ingest.part.pid))
  }, 250)
  const result = await flood({
    port: load.port ?? ingest.port,
    connections: CONNECTIONS,
    window: 500,
    messages: load.messages,
    rate: load.rate,
    from: FROM,
    topics: rig.topics,
  })
  // Through another broker the publisher's acknowledgement says nothing about the database.
  const seconds = load.port ? await untilStored(rig, load.messages, result.seconds) : result.seconds
  clearInterval(watch)
  const micros = (spent: number) => (spent / load.messages) * 1e6
  return {
    ...result,
    seconds,
    rate: load.messages / seconds,
    ingestMicros: micros(cpuSeconds(ingest.part.pid) - before.ingest),
    databaseMicros: micros(database() - before.database),
    memory,
    missing: load.messages * 4 - (await countReadings(rig)),
    unaccounted: await unaccounted(ingest.httpUrl),
  }
}

export async function countReadings(rig: IngestRig): Promise<number> {
  const { rows } = await rig.database.query<{ n: number }>('select count(*) as n from reading')
  return rows[0]!.n
}

/** Seconds until all values are stored, looked at often; ends when nothing has come for ten seconds. */
export async function untilStored(rig: IngestRig, messages: number, already: number): Promise<number> {
  const started = performance.now()
  let last = { count: -1, at: started }
  for (;;) {
    const count = await countReadings(rig)
    const now = performance.now()
    if (count >= messages * 4) return already + (now - started) / 1000
    if (count > last.count) last = { count, at: now }
    if (now - last.at > 10_000) return already + (last.at - started) / 1000
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

async function unaccounted(httpUrl: string): Promise<number> {
  const text = await (await fetch(`${httpUrl}/metrics`)).text()
  const sum = (name: string) =>
    text
      .split('\n')
      .filter((line) => line.startsWith(`ioc_ingest_${name}`))
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
  const known = ['stored_total', 'duplicate_total', 'dead_letter_total', 'ignored_total', 'in_flight']
  return sum('received_total') - known.reduce((total, name) => total + sum(name), 0)
}
