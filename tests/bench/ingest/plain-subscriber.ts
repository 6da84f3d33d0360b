import mqtt from 'mqtt'
import pg from 'pg'
import { z } from 'zod'

/**
 * Run as a process of its own: what people write first. row-by-row: each value is one insert, the message is
 * acknowledged after the four of them. batches: five hundred messages are stored at once, each acknowledged when it
 * arrived, before it is stored.
 */
const Settings = z.object({
  broker: z.string(),
  databaseUrl: z.string(),
  way: z.enum(['row-by-row', 'batches']),
})
const Body = z.object({ ts: z.number(), values: z.record(z.string(), z.number()) })
const METRICS = ['co2', 'temperature', 'humidity', 'light']
const BATCH = 500
const FLUSH_MS = 200

const settings = Settings.parse(JSON.parse(process.argv[2] ?? '{}'))
const pool = new pg.Pool({ connectionString: settings.databaseUrl, max: 4 })
const { rows: devices } = await pool.query<{ id: number; topic: string }>(
  `select d.id, 'ioc/v1/' || s.code || '/telemetry/' || d.code as topic from device d join school s on s.id = d.school_id`,
)
const idOf = new Map(devices.map(({ topic, id }) => [topic, id]))
const client = mqtt.connect(settings.broker, { clientId: 'plain', clean: false, protocolVersion: 4 })

interface Value {
  device: number
  metric: number
  at: Date
  value: number
}

function valuesOf(topic: string, payload: Buffer): Value[] {
  const { ts, values } = Body.parse(JSON.parse(payload.toString()))
  return METRICS.map((name, n) => ({
    device: idOf.get(topic)!,
    metric: n + 1,
    at: new Date(ts),
    value: values[name]!,
  }))
}

if (settings.way === 'row-by-row') {
  client.handleMessage = (packet, done) => {
    const store = async () => {
      for (const { device, metric, at, value } of valuesOf(packet.topic, Buffer.from(packet.payload))) {
        await pool.query(
          'insert into reading (device_id, metric_id, ts, value, quality) values ($1, $2, $3, $4, 0) on conflict do nothing',
          [device, metric, at, value],
        )
      }
    }
    store().then(() => done(), done)
  }
} else {
  let waiting: Value[] = []
  const flush = async () => {
    const rows = waiting
    waiting = []
    if (rows.length === 0) return
    await pool.query(
      `insert into reading (device_id, metric_id, ts, value, quality)
       select d, m, t, v, 0 from unnest($1::int[], $2::int[], $3::timestamptz[], $4::float8[]) as g (d, m, t, v) on conflict do nothing`,
      [rows.map((r) => r.device), rows.map((r) => r.metric), rows.map((r) => r.at), rows.map((r) => r.value)],
    )
  }
  client.on('message', (topic, payload) => {
    for (const value of valuesOf(topic, payload)) waiting.push(value)
    if (waiting.length >= BATCH * METRICS.length) void flush()
  })
  setInterval(() => void flush(), FLUSH_MS)
}
client.on('connect', () =>
  client.subscribe('ioc/v1/#', { qos: 1 }, () => process.send?.({ subscribed: true })),
)
