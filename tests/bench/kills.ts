import { setTimeout as delay } from 'node:timers/promises'
import { startGateways } from '../helpers/gateways.ts'
import { addFleet, startIntakeStack } from '../helpers/intake-stack.ts'
import type { Report } from './report.ts'

const KILLS = 50
const PER_SECOND = 2_000
const CONNECTIONS = 20

/** kill -9 of ingest, again and again under load: what it acknowledged must be stored, and nothing twice. */
export async function kills(options: { seconds: number | undefined }): Promise<Report> {
  const until =
    options.seconds === undefined ? Number.POSITIVE_INFINITY : Date.now() + options.seconds * 1_000
  const stack = await startIntakeStack()
  try {
    await addFleet(stack.database, CONNECTIONS, 1)
    const ingest = await stack.addIngest({ LOG_LEVEL: 'warn' })
    const base = Date.now() - 3_600_000
    const fleet = await startGateways({
      url: ingest.mqttUrl,
      name: 'gateway',
      connections: CONNECTIONS,
      perSecond: PER_SECOND,
      window: 1_000,
      keepAliveSeconds: 30,
      message: (at, n) => ({
        topic: `ioc/v1/S-${at + 1}/telemetry/d-1`,
        payload: JSON.stringify({ ts: base + n, values: { co2: 600 + (n % 500) } }),
      }),
    })
    let killed = 0
    for (; killed < KILLS && Date.now() < until; killed++) {
      const acknowledged = fleet.counts().acknowledged
      while (fleet.counts().acknowledged < acknowledged + PER_SECOND) await delay(20)
      // At another moment of the cycle of transactions each time.
      await delay((killed * 7) % 60)
      process.kill(ingest.part.pid!, 'SIGKILL')
      if (killed % 10 === 9) console.log(`  ${killed + 1} kills, ${acknowledged} messages acknowledged`)
    }
    await fleet.finish(120_000)
    const { due, acknowledged, lost, disorder } = fleet.counts()
    await fleet.close()
    const { rows } = await stack.database.query<{ n: number }>('select count(*) as n from reading')
    const stored = rows[0]!.n
    return {
      name: 'kills',
      title: 'ingest killed under load',
      what: `kill -9 of ingest ${killed} times at ${PER_SECOND} messages/s on ${CONNECTIONS} connections, each time at another moment, started again by its supervisor; embedded broker and database: \`npm run bench -- kills\`. A message is sent again only while it is not acknowledged, so one acknowledged and not stored would be missing in the end.`,
      columns: ['kills', 'messages', 'acknowledged', 'stored', 'connections broken'],
      rows: [[killed, due, acknowledged, stored, lost]],
      goals: [
        {
          goal: 'everything acknowledged is stored, nothing twice',
          found: `${acknowledged - stored} missing`,
          met: acknowledged === due && stored === due,
        },
        {
          goal: 'acknowledgements in the order of the messages',
          found: `${disorder} out of order`,
          met: disorder === 0,
        },
      ],
    }
  } finally {
    await stack.stop()
  }
}
