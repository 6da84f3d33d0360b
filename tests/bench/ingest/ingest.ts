import { findProgram, keeping, startMosquitto } from '../../ingest/mosquitto.ts'
import type { Report } from '../report.ts'
import { startChild } from './child.ts'
import { type DirectWay, storeDirectly } from './direct.ts'
import { countReadings, FROM, type Measured, measure, untilStored } from './measure.ts'
import { createIngestRig, flood, type IngestRig } from './rig.ts'

/** The province's steady load, messages a second; growth is measured in multiples of it. */
const STEADY = 1_000
const MULTIPLES = [1, 2, 4, 8]
const GROWTH_SECONDS = 10
const LATENCY = { rate: 2_000, seconds: 20 }
/** Enough for some seconds of each candidate. */
const SIZES = {
  server: { messages: 400_000, rowByRow: 4_000, batches: 60_000 },
  embedded: { messages: 150_000, rowByRow: 4_000, batches: 40_000 },
}

interface Line {
  what: string
  messages: number
  rate: number
  note: string
}

/**
 * MQTT QoS 1 -> committed and acknowledged, against the same rows without MQTT and against what people write first.
 * On the embedded database, and on the server of DATABASE_URL when it is set.
 */
export async function ingest(): Promise<Report[]> {
  const reports = [await measureOn(undefined)]
  const server = process.env['DATABASE_URL']
  if (server) reports.push(await measureOn(server))
  return reports
}

async function measureOn(server: string | undefined): Promise<Report> {
  const kind = server ? 'server' : 'embedded'
  const size = SIZES[kind]
  console.log(`\n${kind}: preparing …`)
  const rig = await createIngestRig(server)
  try {
    const direct = await directLines(rig, kind, size.messages)
    const program = await rig.startIngest()
    // A first round warms code and files up; it is not counted.
    await measure(rig, program, { messages: size.messages / 4, rate: null })
    const ours = await measure(rig, program, { messages: size.messages, rate: null })
    console.log(`ours: ${Math.round(ours.rate)} messages/s`)
    const steady = await measure(rig, program, {
      messages: LATENCY.rate * LATENCY.seconds,
      rate: LATENCY.rate,
    })
    const growth: Measured[] = []
    for (const multiple of MULTIPLES) {
      const rate = STEADY * multiple
      growth.push(await measure(rig, program, { messages: rate * GROWTH_SECONDS, rate }))
      console.log(`${rate} messages/s: ${Math.round(growth.at(-1)!.rate)}`)
    }
    await program.part.stop(8_000)
    const mosquitto = await throughMosquitto(rig, size.messages / 2)
    const others = [await plain(rig, 'row-by-row', size.rowByRow), await plain(rig, 'batches', size.batches)]
    return report({ kind, direct, ours, steady, growth, mosquitto, others })
  } finally {
    await rig.stop()
  }
}

async function directLines(rig: IngestRig, kind: 'server' | 'embedded', messages: number): Promise<Line[]> {
  // The embedded database has no COPY from a client.
  const ways: [DirectWay, string][] = [
    ['unnest', 'direct: insert from unnest'],
    ['unnest-conflict', 'direct: insert from unnest, on conflict do nothing'],
    ...(kind === 'server'
      ? ([
          ['copy', 'direct: COPY'],
          ['copy-conflict', 'direct: COPY to a temporary table, insert on conflict do nothing'],
        ] as [DirectWay, string][])
      : []),
  ]
  const { rows } = await rig.database.query<{ id: number }>(
    `select d.id from device d join school s on s.id = d.school_id order by d.code, s.code`,
  )
  const ids = rows.map((row) => row.id)
  const lines: Line[] = []
  for (const [way, what] of ways) {
    await rig.empty()
    const seconds = await storeDirectly(rig.databaseUrl, way, messages, ids, FROM)
    const missing = messages * 4 - (await countReadings(rig))
    if (missing !== 0) throw new Error(`${what}: ${missing} rows are missing`)
    lines.push({ what, messages, rate: messages / seconds, note: 'no MQTT, nothing acknowledged' })
    console.log(`${what}: ${Math.round(messages / seconds)} messages/s`)
  }
  return lines
}

/** Ours as a session at Mosquitto, where it is installed. */
async function throughMosquitto(rig: IngestRig, messages: number): Promise<Line | undefined> {
  const program = findProgram('mosquitto')
  if (!program) return undefined
  // All of it may wait at the broker: what it drops would look like a loss of ours.
  const broker = await startMosquitto(program, keeping(2 * messages))
  try {
    const own = await rig.startIngest({ MQTT_URL: broker.url })
    const found = await measure(rig, own, { messages, rate: null, port: Number(new URL(broker.url).port) })
    await own.part.stop(8_000)
    const note = `${found.missing} missing; Mosquitto acknowledges the publisher, we acknowledge Mosquitto after the commit`
    return { what: 'ours, through Mosquitto', messages, rate: found.rate, note }
  } finally {
    await broker.remove()
  }
}

async function plain(rig: IngestRig, way: 'row-by-row' | 'batches', messages: number): Promise<Line> {
  await rig.empty()
  const broker = await startChild<{ port: number }>('plain-broker.ts', {})
  const subscriber = await startChild('plain-subscriber.ts', {
    broker: `mqtt://127.0.0.1:${broker.said.port}`,
    databaseUrl: rig.databaseUrl,
    way,
  })
  const load = { connections: 20, window: 50, messages, rate: null, from: FROM, topics: rig.topics }
  const started = performance.now()
  await flood({ port: broker.said.port, ...load })
  const seconds = await untilStored(rig, messages, (performance.now() - started) / 1000)
  const missing = messages * 4 - (await countReadings(rig))
  await subscriber.stop()
  await broker.stop()
  const what = way === 'row-by-row' ? 'plain subscriber, row by row' : 'plain subscriber, batches of 500'
  const early = way === 'batches' ? 'acknowledges before it stores' : 'acknowledges after it has stored'
  return { what, messages, rate: messages / seconds, note: `${early}; ${missing} missing` }
}

function report(found: {
  kind: 'server' | 'embedded'
  direct: Line[]
  ours: Measured
  steady: Measured
  growth: Measured[]
  mosquitto: Line | undefined
  others: Line[]
}): Report {
  const { kind, direct, ours, steady, growth } = found
  const whole = Math.round
  const row = ({ what, messages, rate, note }: Line) => [what, messages, whole(rate), whole(rate * 4), note]
  const cost = (one: Measured) => one.ingestMicros + one.databaseMicros
  const describe = (one: Measured) =>
    `ingest ${whole(one.ingestMicros)} µs and database ${whole(one.databaseMicros)} µs of processor a message`
  const ceiling = Math.max(...direct.map((line) => line.rate))
  const share = ours.rate / ceiling
  const all = [ours, steady, ...growth]
  const worstGrowth = Math.max(...growth.map((one) => cost(one) / cost(growth[0]!)))
  return {
    name: `ingest-${kind}`,
    title:
      kind === 'server'
        ? 'messages to committed rows, TimescaleDB server'
        : 'messages to committed rows, embedded database',
    what: `Telemetry of four values from 4,000 devices on 20 connections, QoS 1, each acknowledgement after the commit; load generator, broker, ingest and database on this machine: \`npm run bench -- ingest\`${kind === 'server' ? ' with DATABASE_URL set' : ''}.`,
    columns: ['candidate', 'messages', 'messages/s', 'rows/s', 'remarks'],
    rows: [
      ...direct.map(row),
      [
        '**ours**, embedded broker, as fast as acknowledged',
        ours.messages,
        whole(ours.rate),
        whole(ours.rate * 4),
        `${describe(ours)}; acknowledged after ${whole(ours.waits.p50)} ms (p50), ${whole(ours.waits.p99)} ms (p99)`,
      ],
      ...(found.mosquitto ? [row(found.mosquitto)] : []),
      ...found.others.map(row),
      [
        `ours at ${LATENCY.rate} messages/s`,
        steady.messages,
        whole(steady.rate),
        whole(steady.rate * 4),
        `publish -> committed p50 ${whole(steady.waits.p50)} ms, p99 ${whole(steady.waits.p99)} ms, worst ${whole(steady.waits.worst)} ms`,
      ],
      ...growth.map((one, n) => [
        `ours at ${MULTIPLES[n]} × ${STEADY} messages/s`,
        one.messages,
        whole(one.rate),
        whole(one.rate * 4),
        `${describe(one)}; p99 ${whole(one.waits.p99)} ms`,
      ]),
    ],
    goals: [
      ...(kind === 'server'
        ? [
            {
              goal: 'at least 20,000 messages/s committed and acknowledged',
              found: `${whole(ours.rate)}`,
              met: ours.rate >= 20_000,
            },
          ]
        : []),
      {
        goal: 'at least half of the direct ceiling',
        found: `${whole(share * 100)} % of ${whole(ceiling)} messages/s`,
        met: share >= 0.5,
      },
      {
        goal: 'ingest below 300 MB',
        found: `${whole(Math.max(...all.map((one) => one.memory)))} MiB`,
        met: all.every((one) => one.memory < 286),
      },
      {
        goal: `publish -> committed p99 under 250 ms at ${LATENCY.rate} messages/s`,
        found: `${whole(steady.waits.p99)} ms`,
        met: steady.waits.p99 < 250,
      },
      {
        goal: 'cost of a message flat or falling from 1 to 8 times the steady load (at most 10 % above)',
        found: growth.map((one) => `${whole(cost(one))} µs`).join(', '),
        met: worstGrowth <= 1.1,
      },
      {
        goal: 'nothing lost and everything accounted for at every end',
        found: `${all.reduce((sum, one) => sum + Math.abs(one.missing), 0)} missing, ${all.reduce((sum, one) => sum + Math.abs(one.unaccounted), 0)} unaccounted`,
        met: all.every((one) => one.missing === 0 && one.unaccounted === 0),
      },
    ],
  }
}
