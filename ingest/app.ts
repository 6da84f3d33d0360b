import { setTimeout as delay } from 'node:timers/promises'
import { awaitDatabase, connect } from '../shared/db/connect.ts'
import { migrate } from '../shared/db/migrate.ts'
import { seedReference } from '../shared/db/seed.ts'
import { type Clock, createClock } from '../shared/node/clock.ts'
import { IocError } from '../shared/node/errors.ts'
import { Lifecycle, type Program } from '../shared/node/lifecycle.ts'
import type { Logger } from '../shared/node/log.ts'
import { Batcher } from './batcher.ts'
import { openAccess } from './broker/access.ts'
import { EmbeddedBroker } from './broker/broker.ts'
import { carryCarefully } from './careful.ts'
import type { IngestSettings } from './config.ts'
import { DatabaseLink } from './database-link.ts'
import { startHttp } from './http/http.ts'
import type { Intake } from './message.ts'
import { IngestMetrics } from './metrics.ts'
import { Registry } from './registry.ts'
import { Source } from './source.ts'

export interface IngestApp extends Program {
  /** Port of the embedded broker; undefined when MQTT_URL names another. */
  mqttPort: number | undefined
  httpPort: number
  metrics: IngestMetrics
}

const DATABASE_PATIENCE_MS = 30_000
const STATEMENT_TIMEOUT_MS = 30_000
/** A connection that hangs is not waited for. */
const DATABASE_CLOSE_MS = 500
/** Together below the time in which npm start expects this program to drain. */
const HTTP_DRAIN_MS = 1_000
const MQTT_DRAIN_MS = 2_000

/** Puts the program together, in one straight line. Whatever is acquired names its undo on the next one. */
export async function startApp(
  config: IngestSettings,
  log: Logger,
  version: string,
  clock: Clock = createClock(config.IOC_CLOCK),
): Promise<IngestApp> {
  const lifecycle = new Lifecycle(log)
  try {
    const stopping = new AbortController()
    const database = connect({
      url: config.DATABASE_URL,
      program: 'ingest',
      connections: config.STORE_TRANSACTIONS + 1,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      log,
    })
    lifecycle.onStop('database', () =>
      Promise.race([database.end(), delay(DATABASE_CLOSE_MS, undefined, { ref: false })]),
    )
    await awaitDatabase(database, DATABASE_PATIENCE_MS)
    await migrate(database, (name) => log.info({ name }, 'migrated'))
    await seedReference(database, clock.now())

    const registry = new Registry(database, log)
    lifecycle.onStop('registry', () => registry.stop())
    await registry.start()

    const metrics = new IngestMetrics(version)
    const link = new DatabaseLink(log, stopping.signal)
    lifecycle.onStop('retries', () => stopping.abort())
    const tools = { database, link, registry, metrics, clock, log, signal: stopping.signal }
    const batcher = new Batcher({
      limits: {
        messages: config.BATCH_MESSAGES,
        bytes: config.BATCH_BYTES,
        everyMs: config.BATCH_MS,
        atOnce: config.STORE_TRANSACTIONS,
      },
      room: { messages: config.IN_FLIGHT_MESSAGES, bytes: config.IN_FLIGHT_BYTES },
      carry: (messages) => carryCarefully(messages, tools),
      onTaken: (message) => metrics.taken(message),
    })

    const mqtt = await startMqtt(config, { intake: batcher, clock, metrics, log })
    lifecycle.onStop('mqtt', () => mqtt.stop(MQTT_DRAIN_MS))

    const http = await startHttp({
      host: config.HOST,
      port: config.INGEST_PORT,
      intake: batcher,
      link,
      clock,
      metrics,
      readiness: () => ({
        database: link.up && registry.reachable,
        broker: mqtt.connected(),
        room: batcher.hasRoom,
        trouble: link.full ? new IocError('database-full', { target: database.target }).message : undefined,
      }),
      log,
    })
    lifecycle.onStop('http', () => http.stop(HTTP_DRAIN_MS))
    log.info({ mqtt: mqtt.port ?? 'MQTT_URL', http: http.port, database: database.target }, 'ready')
    return { mqttPort: mqtt.port, httpPort: http.port, metrics, stop: () => lifecycle.stop() }
  } catch (error) {
    await lifecycle.stop()
    throw error
  }
}

interface Mqtt {
  port: number | undefined
  connected(): boolean
  stop(patienceMs: number): Promise<void>
}

/** A session at the broker of MQTT_URL, or the embedded broker. */
async function startMqtt(
  config: IngestSettings,
  tools: { intake: Intake; clock: Clock; metrics: IngestMetrics; log: Logger },
): Promise<Mqtt> {
  if (config.MQTT_URL === undefined) {
    const broker = new EmbeddedBroker({
      ...tools,
      host: config.HOST,
      port: config.MQTT_PORT,
      mostWaitingBytes: config.MQTT_WAITING_BYTES,
      access: openAccess,
    })
    const port = await broker.start()
    return { port, connected: () => broker.connected, stop: (patienceMs) => broker.stop(patienceMs) }
  }
  const source = new Source({
    ...tools,
    url: config.MQTT_URL,
    clientId: config.MQTT_CLIENT_ID,
    username: config.MQTT_USERNAME,
    password: config.MQTT_PASSWORD,
    subscription: config.MQTT_SUBSCRIPTION,
    receiveMaximum: config.MQTT_RECEIVE_MAXIMUM,
  })
  source.start()
  return { port: undefined, connected: () => source.connected, stop: (patienceMs) => source.stop(patienceMs) }
}
