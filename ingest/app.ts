import { setTimeout as delay } from 'node:timers/promises'
import { awaitDatabase, connect, isEmbedded } from '../shared/db/connect.ts'
import { migrate } from '../shared/db/migrate.ts'
import { seedReference } from '../shared/db/seed.ts'
import { type Clock, createClock } from '../shared/node/clock.ts'
import { IocError } from '../shared/node/errors.ts'
import { Lifecycle, type Program } from '../shared/node/lifecycle.ts'
import type { Logger } from '../shared/node/log.ts'
import { Batcher } from './batcher.ts'
import { carryCarefully } from './careful.ts'
import type { IngestSettings } from './config.ts'
import { DatabaseLink } from './database-link.ts'
import { Memory } from './decoders/memory.ts'
import { Descriptions } from './descriptions.ts'
import { startHttp } from './http/http.ts'
import { knownIn } from './letters/known.ts'
import { Retrier } from './letters/retrier.ts'
import type { Commands } from './message.ts'
import { IngestMetrics } from './metrics.ts'
import { Registry } from './registry.ts'
import { workerName } from './sessions/worker-name.ts'
import { type Mqtt, startMqtt } from './start-mqtt.ts'
import { readTopicMap, SHIPPED_MAP, subscriptionsOf } from './topic-map.ts'
import { Turns } from './turns.ts'

export interface IngestApp extends Program, Commands {
  /** Port of the embedded broker; undefined when MQTT_URL names another. */
  mqttPort: number | undefined
  httpPort: number
  metrics: IngestMetrics
}

const DATABASE_PATIENCE_MS = 30_000
const MOST_TRANSACTIONS = 4
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
    const map = readTopicMap(config.MQTT_TOPIC_MAP ?? SHIPPED_MAP)
    const stopping = new AbortController()
    const database = connect({
      url: config.DATABASE_URL,
      program: 'ingest',
      // Beside the transactions the registry is read, what waits is looked at, and leases are renewed.
      connections: MOST_TRANSACTIONS + 3,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      log,
    })
    lifecycle.onStop('database', () =>
      Promise.race([database.end(), delay(DATABASE_CLOSE_MS, undefined, { ref: false })]),
    )
    await awaitDatabase(database, DATABASE_PATIENCE_MS)
    const transactions = config.STORE_TRANSACTIONS ?? ((await isEmbedded(database)) ? 1 : 2)
    await migrate(database, (name) => log.info({ name }, 'migrated'))
    await seedReference(database, clock.now())

    const registry = new Registry(database, log)
    lifecycle.onStop('registry', () => registry.stop())
    await registry.start()

    const metrics = new IngestMetrics(version, (topic) => map.routeOf(topic)?.format)
    const link = new DatabaseLink(log, stopping.signal)
    lifecycle.onStop('retries', () => stopping.abort())
    let mqtt: Mqtt | undefined
    const commands: Commands = { publish: (topic, payload) => mqtt?.publish(topic, payload) }
    const subscriptions = subscriptionsOf(map, config.MQTT_SUBSCRIPTION)
    const shared = config.MQTT_SESSIONS > 1 || subscriptions.some((filter) => filter.startsWith('$share/'))
    const descriptions = new Descriptions(database, { shared })
    const own = { map, descriptions, commands, ordered: !shared, memory: new Memory(), turns: new Turns() }
    const tools = { database, link, registry, metrics, log, clock, signal: stopping.signal, ...own }
    const batcher = new Batcher({
      limits: {
        messages: config.BATCH_MESSAGES,
        bytes: config.BATCH_BYTES,
        everyMs: config.BATCH_MS,
        targetMs: config.BATCH_TARGET_MS,
        atOnce: transactions,
      },
      room: { messages: config.IN_FLIGHT_MESSAGES, bytes: config.IN_FLIGHT_BYTES },
      carry: (messages) => carryCarefully(messages, tools),
      onTaken: (message) => metrics.taken(message),
    })

    lifecycle.onStop('mqtt', () => mqtt?.stop(MQTT_DRAIN_MS))
    const http = await startHttp({
      host: config.HOST,
      port: config.INGEST_PORT,
      intake: batcher,
      link,
      clock,
      metrics,
      map,
      registry,
      descriptions,
      hanetSecret: config.HANET_CLIENT_SECRET,
      eventKey: config.INGEST_EVENT_KEY,
      readiness: () => ({
        database: link.up && registry.reachable,
        broker: mqtt?.connected() ?? false,
        room: batcher.hasRoom,
        trouble: link.full ? new IocError('database-full', { target: database.target }).message : undefined,
      }),
      findings: () => mqtt?.findings() ?? [],
      log,
    })
    lifecycle.onStop('http', () => http.stop(HTTP_DRAIN_MS))
    // After HTTP: no other program on this machine has its port, so that it can stand in the name of this one.
    mqtt = await startMqtt(config, {
      ...{ database, intake: batcher, clock, metrics, log },
      filters: subscriptions,
      worker: workerName(config, http.port),
    })

    const retrier = new Retrier({
      database,
      intake: batcher,
      isKnown: knownIn({ registry, descriptions }),
      log,
    })
    lifecycle.onStop('retrier', () => retrier.stop())
    lifecycle.onStop(
      'registry news',
      registry.onMoved(() => retrier.nudge()),
    )
    retrier.start()
    log.info({ mqtt: mqtt.port ?? 'MQTT_URL', http: http.port, database: database.target }, 'ready')
    const { port: mqttPort, publish } = mqtt
    return { mqttPort, httpPort: http.port, metrics, publish, stop: () => lifecycle.stop() }
  } catch (error) {
    await lifecycle.stop()
    throw error
  }
}
