import { setTimeout as delay } from 'node:timers/promises'
import { type Gateways, startGateways } from '../helpers/gateways.ts'
import { addFleet, type IngestProcess, type IntakeStack, startIntakeStack } from '../helpers/intake-stack.ts'
import { findProgram, keeping, startMosquitto } from '../ingest/mosquitto.ts'
import { residentMiB } from './process-memory.ts'
import type { Report } from './report.ts'

const PER_SECOND = 500
const SCHOOLS = 1_520
/** Fewer behind a broker of one's own, whose program may open a thousand files. */
const CONNECTIONS_BEHIND_BROKER = 500
const WARM_UP_SECONDS = 20
const VALUES = 4

interface Found {
  how: string
  /** Messages not stored when the database came back. */
  owed: number
  drainSeconds: number
  due: number
  storedRows: number
  lostConnections: number
  unansweredPings: number
  offlineRows: number
  memory: { before: number; most: number }
}

/** The database gone for half an hour at 500 messages a second, with the embedded broker and with a Mosquitto. */
export async function outage(options: { seconds: number | undefined }): Promise<Report> {
  const seconds = options.seconds ?? 1_800
  const program = findProgram('mosquitto')
  if (!program) console.log('No mosquitto on the PATH: only the embedded broker is measured.')
  // Both at once: each alone would take the half hour again.
  const found = await Promise.all([
    withEmbeddedBroker(seconds),
    ...(program ? [withMosquitto(program, seconds)] : []),
  ])
  return report(seconds, found)
}

async function withEmbeddedBroker(seconds: number): Promise<Found> {
  const stack = await startIntakeStack()
  try {
    await addFleet(stack.database, SCHOOLS, 1)
    const ingest = await stack.addIngest({ LOG_LEVEL: 'warn' })
    const gateways = await startSchools(ingest.mqttUrl, SCHOOLS)
    const missing = async () => gateways.counts().due - gateways.counts().acknowledged
    return await measure(`embedded broker, ${SCHOOLS} connections`, {
      stack,
      ingest,
      gateways,
      missing,
      seconds,
    })
  } finally {
    await stack.stop()
  }
}

async function withMosquitto(program: string, seconds: number): Promise<Found> {
  const stack = await startIntakeStack()
  const mosquitto = await startMosquitto(program, keeping(4 * PER_SECOND * (seconds + 600)))
  try {
    await addFleet(stack.database, CONNECTIONS_BEHIND_BROKER, 1)
    const ingest = await stack.addIngest({ LOG_LEVEL: 'warn', MQTT_URL: mosquitto.url })
    const gateways = await startSchools(mosquitto.url, CONNECTIONS_BEHIND_BROKER)
    const stored = () => ingest.sum('ioc_ingest_stored_total', 'kind="telemetry"')
    const missing = async () => gateways.counts().due - (await stored()) / VALUES
    return await measure(`Mosquitto, ${CONNECTIONS_BEHIND_BROKER} connections`, {
      stack,
      ingest,
      gateways,
      missing,
      seconds,
    })
  } finally {
    await stack.stop()
    await mosquitto.remove()
  }
}

/** Gateways that hold back nothing themselves: half an hour of their messages lies with the broker. */
function startSchools(url: string, connections: number): Promise<Gateways> {
  const base = Date.now() - 7_200_000
  return startGateways({
    url,
    name: 'school',
    connections,
    perSecond: PER_SECOND,
    window: 60_000,
    keepAliveSeconds: 60,
    message: (at, n) => ({
      topic: `ioc/v1/S-${at + 1}/telemetry/d-1`,
      payload: JSON.stringify({
        ts: base + n,
        values: { co2: 600 + (n % 500), temperature: 25.5, humidity: 61, light: 420 + (n % 40) },
      }),
    }),
    stateTopic: (at) => `ioc/v1/S-${at + 1}/devices/d-1/state`,
  })
}

async function measure(
  how: string,
  parts: {
    stack: IntakeStack
    ingest: IngestProcess
    gateways: Gateways
    /** Messages due and not stored. */
    missing(): Promise<number>
    seconds: number
  },
): Promise<Found> {
  const { stack, ingest, gateways, missing, seconds } = parts
  // Memory goes up and down with the collector: its lowest before, its highest after.
  const memory = { before: Number.POSITIVE_INFINITY, most: 0 }
  for (let second = 0; second < WARM_UP_SECONDS; second++) {
    await delay(1_000)
    memory.before = Math.min(memory.before, residentMiB(ingest.part.pid))
  }
  const sampler = setInterval(() => {
    memory.most = Math.max(memory.most, residentMiB(ingest.part.pid))
  }, 1_000)
  console.log(`${how}: the database goes for ${seconds} s; ingest takes ${Math.round(memory.before)} MiB`)
  stack.proxy.cut()
  for (let passed = 0; passed < seconds; passed += 60) {
    await delay(Math.min(60, seconds - passed) * 1_000)
    console.log(
      `  ${gateways.counts().due} messages due, ingest ${Math.round(residentMiB(ingest.part.pid))} MiB`,
    )
  }
  const owed = await missing()
  await stack.proxy.restore()
  const since = performance.now()
  while ((await missing()) > PER_SECOND && performance.now() - since < seconds * 1_000 + 60_000)
    await delay(200)
  const drainSeconds = (performance.now() - since) / 1_000
  await gateways.finish(60_000)
  for (const until = Date.now() + 60_000; (await missing()) > 0 && Date.now() < until; ) await delay(200)
  clearInterval(sampler)
  const { due, lost, unansweredPings } = gateways.counts()
  const { rows } = await stack.database.query<{ stored: number; offline: number }>(
    `select (select count(*) from reading) as stored,
      (select count(*) from device_connection where not online) as offline`,
  )
  await gateways.close()
  return {
    how,
    owed,
    drainSeconds,
    due,
    storedRows: rows[0]!.stored,
    lostConnections: lost,
    unansweredPings,
    offlineRows: rows[0]!.offline,
    memory,
  }
}

/** Messages stored per second while it was made up for; meanwhile more came in. */
const drainRate = ({ owed, drainSeconds }: Found) => owed / drainSeconds + PER_SECOND

function report(seconds: number, found: Found[]): Report {
  const whole = Math.round
  const row = (what: string, pick: (one: Found) => number) => [what, ...found.map((one) => whole(pick(one)))]
  const goal = (text: string, pick: (one: Found) => string, met: (one: Found) => boolean) => ({
    goal: text,
    found: found.map((one) => `${pick(one)} (${one.how.split(',')[0]})`).join(', '),
    met: found.every(met),
  })
  return {
    name: 'outage',
    title: 'the database gone',
    what: `${PER_SECOND} telemetry messages/s of ${VALUES} values, QoS 1, keep-alive 60 s, every connection with a last will; the database away for ${seconds} s: \`npm run bench -- outage\`. The gateways hold back nothing, so that all of it waits at the broker.`,
    columns: ['', ...found.map((one) => one.how)],
    rows: [
      row('messages sent', (one) => one.due),
      row('owed when the database came back', (one) => one.owed),
      row('seconds until made up for', (one) => one.drainSeconds),
      row('messages stored per second meanwhile', drainRate),
      row('memory of ingest before, MiB', (one) => one.memory.before),
      row('memory of ingest at most, MiB', (one) => one.memory.most),
    ],
    goals: [
      goal(
        'nothing lost, nothing twice: a row for every value sent',
        (one) => `${one.due * VALUES - one.storedRows} missing`,
        (one) => one.storedRows === one.due * VALUES,
      ),
      goal(
        'memory of ingest grows by less than 200 MB',
        (one) => `${whole((one.memory.most - one.memory.before) * 1.048_576)} MB`,
        (one) => (one.memory.most - one.memory.before) * 1.048_576 < 200,
      ),
      goal(
        'made up for at three times the rate of arrival or more',
        (one) => `${whole(drainRate(one))}/s`,
        (one) => drainRate(one) >= 3 * PER_SECOND,
      ),
      goal(
        'no connection lost, every ping answered',
        (one) => `${one.lostConnections} and ${one.unansweredPings}`,
        (one) => one.lostConnections + one.unansweredPings === 0,
      ),
      goal(
        'no last will sent',
        (one) => `${one.offlineRows} rows that say offline`,
        (one) => one.offlineRows === 0,
      ),
    ],
  }
}
