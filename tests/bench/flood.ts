import { setTimeout as delay } from 'node:timers/promises'
import { type Gateways, startGateways } from '../helpers/gateways.ts'
import { addFleet, type IngestProcess, type IntakeStack, startIntakeStack } from '../helpers/intake-stack.ts'
import type { Report } from './report.ts'
import { type Summary, summarise } from './statistics.ts'

const SCHOOLS = 100
const PER_SECOND = 500
const FLOOD_PER_SECOND = 1_000
/** Quiet and flooded times take turns, so that whatever else the machine does falls on both. */
const PHASE_SECONDS = 10

/** One device sends a thousand messages a second: what becomes of the acknowledgements of all others. */
export async function flood(options: { seconds: number | undefined }): Promise<Report> {
  const rounds = Math.max(1, Math.round((options.seconds ?? 120) / (2 * PHASE_SECONDS)))
  const stack = await startIntakeStack()
  try {
    await addFleet(stack.database, SCHOOLS + 1, 1)
    const ingest = await stack.addIngest({ LOG_LEVEL: 'warn' })
    const others = await start(ingest, 'school', 0, SCHOOLS, PER_SECOND)
    await delay(10_000)
    others.takeWaits()
    const quiet: number[][] = []
    const flooded: number[][] = []
    const flood: number[][] = []
    let sent = 0
    let loudest = ''
    for (let round = 0; round < rounds; round++) {
      await delay(PHASE_SECONDS * 1_000)
      quiet.push(others.takeWaits())
      const one = await start(ingest, `flood-${round}`, SCHOOLS, 1, FLOOD_PER_SECOND, sent)
      await delay(PHASE_SECONDS * 1_000)
      flooded.push(others.takeWaits())
      loudest = await loudestTalker(ingest)
      await one.finish(30_000)
      flood.push(one.takeWaits())
      sent += one.counts().due
      await one.close()
      others.takeWaits()
    }
    await others.finish(30_000)
    const stored = await countStored(stack)
    const expected = sent + others.counts().due
    return report({
      quiet: summarise(quiet.flat()),
      flooded: summarise(flooded.flat()),
      flood: summarise(flood.flat()),
      missing: expected - stored,
      loudest,
      rounds,
    })
  } finally {
    await stack.stop()
  }
}

function start(
  ingest: IngestProcess,
  name: string,
  firstSchool: number,
  connections: number,
  perSecond: number,
  from = 0,
): Promise<Gateways> {
  const base = Date.now() - 3_600_000 * 12
  return startGateways({
    url: ingest.mqttUrl,
    name,
    connections,
    perSecond,
    window: 60_000,
    keepAliveSeconds: 60,
    message: (at, n) => ({
      topic: `ioc/v1/S-${firstSchool + at + 1}/telemetry/d-1`,
      payload: JSON.stringify({ ts: base + from + n, values: { co2: 600 + (n % 500) } }),
    }),
  })
}

async function loudestTalker(ingest: IngestProcess): Promise<string> {
  const text = await (await fetch(`${ingest.ingestUrl}/metrics`)).text()
  return /^ioc_ingest_talker_messages_per_second\{topic="([^"]*)"\}/m.exec(text)?.[1] ?? 'none'
}

async function countStored(stack: IntakeStack): Promise<number> {
  const { rows } = await stack.database.query<{ n: number }>('select count(*) as n from reading')
  return rows[0]!.n
}

function report(found: {
  quiet: Summary
  flooded: Summary
  flood: Summary
  missing: number
  loudest: string
  rounds: number
}): Report {
  const { quiet, flooded, flood, missing, loudest, rounds } = found
  const ms = Math.round
  const row = (what: string, one: Summary) => [
    what,
    one.samples,
    ms(one.p50),
    ms(one.p95),
    ms(one.p99),
    ms(one.worst),
  ]
  const flooder = `ioc/v1/S-${SCHOOLS + 1}/telemetry/d-1`
  return {
    name: 'flood',
    title: 'one device gone wild',
    what: `${PER_SECOND} messages/s of ${SCHOOLS} schools, each on a connection of its own, and ${FLOOD_PER_SECOND} messages/s of one device on another, ${PHASE_SECONDS} s with it and ${PHASE_SECONDS} s without, ${rounds} times; embedded broker and database: \`npm run bench -- flood\`. Milliseconds from publishing to the acknowledgement.`,
    columns: ['what', 'samples', 'p50', 'p95', 'p99', 'worst'],
    rows: [
      row('others, quiet', quiet),
      row('others, with the flood', flooded),
      row('the one that floods', flood),
    ],
    goals: [
      {
        goal: "others' p99 less than twice as long",
        found: `${ms(quiet.p99)} -> ${ms(flooded.p99)} ms`,
        met: flooded.p99 < 2 * quiet.p99,
      },
      { goal: 'nothing acknowledged and dropped', found: `${missing} missing`, met: missing === 0 },
      { goal: 'the metrics name the device that floods', found: loudest, met: loudest === flooder },
    ],
  }
}
