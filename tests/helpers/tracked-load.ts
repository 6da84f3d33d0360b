import mqtt from 'mqtt'
import type { Clock } from '../../shared/node/clock.ts'

/**
 * A device fleet that remembers what it was told is safe: publishes readings and rolls at QoS 1 and keeps the key
 * of every message whose acknowledgement came back. What was not acknowledged is sent again by the client, as the
 * protocol asks.
 */
export interface TrackedLoad {
  acknowledgedReadings: Set<string>
  acknowledgedRolls: Set<string>
  sent(): number
  stop(): Promise<void>
}

export interface Fleet {
  school: string
  devices: string[]
}

export async function startTrackedLoad(
  broker: string,
  fleet: Fleet[],
  clock: Clock,
  perSecond: number,
): Promise<TrackedLoad> {
  const client = mqtt.connect(broker, {
    clientId: `tracked-${process.pid}`,
    clean: false,
    reconnectPeriod: 200,
    keepalive: 10,
  })
  client.on('error', () => {})
  await new Promise<void>((resolve) => client.once('connect', () => resolve()))
  const acknowledgedReadings = new Set<string>()
  const acknowledgedRolls = new Set<string>()
  const day = new Date(clock.now() + 7 * 3_600_000).toISOString().slice(0, 10)
  let n = 0
  let waiting = 0
  const lastTimes = new Map<string, number>()

  const send = (topic: string, body: unknown, onSafe: () => void) => {
    waiting++
    client.publish(topic, JSON.stringify(body), { qos: 1 }, (error) => {
      waiting--
      if (!error) onSafe()
    })
  }
  const one = () => {
    const { school, devices } = fleet[n % fleet.length]!
    const device = devices[n % devices.length]!
    // A unit of time of its own for every message of a device: its key is then unique.
    const ts = Math.max(Math.round(clock.now()), (lastTimes.get(`${school}/${device}`) ?? 0) + 1)
    lastTimes.set(`${school}/${device}`, ts)
    send(`ioc/v1/${school}/telemetry/${device}`, { ts, values: { signal: -60 - (n % 20) } }, () =>
      acknowledgedReadings.add(`${school}/${device}/${ts}`),
    )
    if (n % 10 === 0) {
      const name = `L${n}`
      const roll = { id: `k${n}`, date: day, session: 'morning', class: name, revision: 1, takenAt: ts }
      const counts = { enrolled: 35, present: 34, late: 1, excused: 1, unexcused: 0 }
      send(`ioc/v1/${school}/attendance`, { ...roll, ...counts }, () =>
        acknowledgedRolls.add(`${school}/${name}`),
      )
    }
    n++
  }
  const start = Date.now()
  const timer = setInterval(() => {
    const due = ((Date.now() - start) / 1000) * perSecond
    // While the link is away the client queues; a bound keeps this fleet from outrunning it for ever.
    while (n < due && waiting < 5_000) one()
  }, 20)
  return {
    acknowledgedReadings,
    acknowledgedRolls,
    sent: () => n,
    async stop() {
      clearInterval(timer)
      for (const until = Date.now() + 30_000; waiting > 0 && Date.now() < until; ) {
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      await client.endAsync(true)
    },
  }
}
