import { createClock, REAL_TIME } from '../../../shared/node/clock.ts'
import { startTrackedLoad, type TrackedLoad } from '../../helpers/tracked-load.ts'
import type { Report } from '../report.ts'
import { type Summary, summarise } from '../statistics.ts'
import { createIngestRig, type IngestRig } from './rig.ts'

const KILLS = 50
const RATE = 2_000
/** The load runs this long between two kills, counted from the first acknowledgement after the last one. */
const BETWEEN_MS = 1_000

/** kill -9 of ingest, again and again under load: what was acknowledged is there, once. */
export async function kill(): Promise<Report> {
  const rig = await createIngestRig(process.env['DATABASE_URL'])
  try {
    const ingest = await rig.startIngest()
    const load = await startTrackedLoad(
      `mqtt://127.0.0.1:${ingest.port}`,
      fleetOf(rig),
      createClock(REAL_TIME),
      RATE,
    )
    const waits: number[] = []
    for (let round = 1; round <= KILLS; round++) {
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS))
      waits.push(await killOnce(ingest.part, load))
      if (round % 10 === 0) console.log(`${round} kills, ${load.acknowledgedReadings.size} acknowledged`)
    }
    await load.stop()
    return report(load, await compare(rig, load), summarise(waits))
  } finally {
    await rig.stop()
  }
}

function fleetOf(rig: IngestRig): { school: string; devices: string[] }[] {
  const bySchool = new Map<string, string[]>()
  for (const topic of rig.topics) {
    const [, , school, , device] = topic.split('/') as [string, string, string, string, string]
    bySchool.set(school, [...(bySchool.get(school) ?? []), device])
  }
  return [...bySchool].map(([school, devices]) => ({ school, devices }))
}

/** Milliseconds from the kill to the next acknowledgement. */
async function killOnce(part: { pid: number | undefined }, load: TrackedLoad): Promise<number> {
  const before = load.acknowledgedReadings.size
  const since = performance.now()
  process.kill(part.pid!, 'SIGKILL')
  // What was on its way in the socket may still be read; a hundred more can only come from the new program.
  while (load.acknowledgedReadings.size < before + 100) {
    if (performance.now() - since > 60_000) throw new Error('ingest does not come back')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return performance.now() - since
}

async function compare(rig: IngestRig, load: TrackedLoad): Promise<{ missing: number; twice: number }> {
  const { rows } = await rig.database.query<{ key: string; n: number }>(
    `select s.code || '/' || d.code || '/' || (extract(epoch from r.ts) * 1000)::bigint as key, count(*) as n
     from reading r join device d on d.id = r.device_id join school s on s.id = d.school_id group by 1`,
  )
  const stored = new Map(rows.map((row) => [row.key, row.n]))
  return {
    missing: [...load.acknowledgedReadings].filter((key) => !stored.has(key)).length,
    twice: rows.filter((row) => row.n !== 1).length,
  }
}

function report(load: TrackedLoad, found: { missing: number; twice: number }, back: Summary): Report {
  const whole = Math.round
  return {
    name: 'kill',
    title: 'kill -9 of ingest under load',
    what: `${KILLS} times kill -9 of the ingest program at ${RATE} messages/s, QoS 1, ${process.env['DATABASE_URL'] ? 'TimescaleDB server' : 'embedded database'}; what was not acknowledged is sent again: \`npm run bench -- kill\`. Milliseconds from the kill to the next acknowledgement.`,
    columns: ['what', 'samples', 'p50', 'p95', 'worst'],
    rows: [['back after', back.samples, whole(back.p50), whole(back.p95), whole(back.worst)]],
    goals: [
      {
        goal: 'missing 0: every acknowledged reading is stored',
        found: `${found.missing} of ${load.acknowledgedReadings.size}`,
        met: found.missing === 0 && load.acknowledgedReadings.size > 0,
      },
      { goal: 'twice 0: none is stored twice', found: `${found.twice}`, met: found.twice === 0 },
    ],
  }
}
