import { setTimeout as delay } from 'node:timers/promises'
import { awaitDatabase, connect } from '../shared/db/connect.ts'
import { migrate } from '../shared/db/migrate.ts'
import { seedReference } from '../shared/db/seed.ts'
import { type Clock, createClock } from '../shared/node/clock.ts'
import { Lifecycle, type Program } from '../shared/node/lifecycle.ts'
import type { Logger } from '../shared/node/log.ts'
import { Batcher } from './batcher.ts'
import { carryCarefully } from './careful.ts'
import type { IngestSettings } from './config.ts'
import { DatabaseLink } from './database-link.ts'
import { startHttp } from './http/http.ts'
import type { Commands } from './message.ts'
import { IngestMetrics } from './metrics.ts'
import { Registry } from './registry.ts'
import { workerName } from './sessions/worker-name.ts'
import { type Mqtt, startMqtt } from './start-mqtt.ts'

export interface IngestApp extends Program, Commands {
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
      // Beside the store: one to look at the registry, one to renew leases.
      connections: config.STORE_TRANSACTIONS + 2,
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
    const tools = { database, link, registry, metrics, log, signal: stopping.signal }
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

    let mqtt: Mqtt | undefined
    lifecycle.onStop('mqtt', () => mqtt?.stop(MQTT_DRAIN_MS))
    const http = await startHttp({
      host: config.HOST,
      port: config.INGEST_PORT,
      intake: batcher,
      link,
      clock,
      metrics,
      readiness: () => ({
        database: link.up && registry.reachable,
        broker: mqtt?.connected() ?? false,
        room: batcher.hasRoom,
      }),
      findings: () => mqtt?.findings() ?? [],
      log,
    })
    lifecycle.onStop('http', () => http.stop(HTTP_DRAIN_MS))
    // After HTTP: no other program on this machine has its port, so that it can stand in the name of this one.
    mqtt = await startMqtt(config, {
      ...{ database, intake: batcher, clock, metrics, log },
      worker: workerName(config, http.port),
    })
    log.info({ mqtt: mqtt.port ?? 'MQTT_URL', http: http.port, database: database.target }, 'ready')
    const { port: mqttPort, publish } = mqtt
    return { mqttPort, httpPort: http.port, metrics, publish, stop: () => lifecycle.stop() }
  } catch (error) {
    await lifecycle.stop()
    throw error
  }
}
