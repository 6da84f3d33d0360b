import mqtt from 'mqtt'
import { z } from 'zod'
import { createClock, parseClock } from '../../shared/node/clock.ts'
import { summarise } from './statistics.ts'

/**
 * Run as a process of its own by the benches: publishes telemetry of four values at a steady rate over several
 * connections, QoS 1, and reports by IPC how long each message waited for its acknowledgement.
 */
const Settings = z.object({
  broker: z.string(),
  clock: z.string(),
  rate: z.number(),
  seconds: z.number(),
  connections: z.number(),
  devices: z.array(z.object({ school: z.string(), device: z.string() })),
})

const BURST_MS = 20

const settings = Settings.parse(JSON.parse(process.argv[2] ?? '{}'))
const clock = createClock(parseClock(settings.clock))
const clients = await Promise.all(
  Array.from({ length: settings.connections }, (_, n) =>
    mqtt.connectAsync(settings.broker, { clientId: `bench-load-${n}`, protocolVersion: 4, keepalive: 30 }),
  ),
)
const waits: number[] = []
let sent = 0
let acknowledged = 0
let failed = 0
const times = new Map<string, number>()

function publish(n: number): void {
  const { school, device } = settings.devices[n % settings.devices.length]!
  const topic = `ioc/v1/${school}/telemetry/${device}`
  // Two messages of one device never carry the same time, so none is a duplicate.
  const ts = Math.max(Math.round(clock.now()), (times.get(topic) ?? 0) + 1)
  times.set(topic, ts)
  const values = { co2: 600 + (n % 500), temperature: 25.5, humidity: 61, light: 420 + (n % 40) }
  const since = performance.now()
  sent++
  clients[n % clients.length]!.publish(topic, JSON.stringify({ ts, values }), { qos: 1 }, (error) => {
    if (error) failed++
    else {
      acknowledged++
      waits.push(performance.now() - since)
    }
  })
}

const start = performance.now()
const timer = setInterval(() => {
  const elapsed = (performance.now() - start) / 1000
  const due = Math.floor(Math.min(elapsed, settings.seconds) * settings.rate)
  while (sent < due) publish(sent)
  if (elapsed >= settings.seconds) {
    clearInterval(timer)
    void finish()
  }
}, BURST_MS)

async function finish(): Promise<void> {
  const until = performance.now() + 30_000
  while (acknowledged + failed < sent && performance.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 50))
  await Promise.all(clients.map((client) => client.endAsync()))
  process.send?.({ sent, acknowledged, failed, waits: summarise(waits) }, undefined, undefined, () =>
    process.exit(0),
  )
}
process.send?.('started')
