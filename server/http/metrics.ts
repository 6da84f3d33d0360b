import type { FastifyInstance } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { BoardCounts } from '../indicators/board.ts'

export interface ServerMetrics {
  registry: Registry
  /** Patches handed to sockets, and those kept from sockets that could not take them. */
  livePatches: Counter
  liveSkipped: Counter
}

interface Sources {
  version: string
  counts: () => BoardCounts
  /** Sockets connected now. */
  sockets: () => number
}

/** The metrics of one server. Each has a registry of its own, so that several may live in one process. */
export function createMetrics(sources: Sources): ServerMetrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  new Gauge({
    name: 'ioc_build_info',
    help: 'Always 1; the labels say what runs.',
    labelNames: ['program', 'version', 'node'],
    registers,
  }).set({ program: 'server', version: sources.version, node: process.version }, 1)
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  gauge('ioc_live_sockets', 'Live sockets connected.', sources.sockets)
  gauge(
    'ioc_engine_lag_seconds',
    'Age of the oldest committed change not yet in the indicators.',
    () => sources.counts().lagSeconds,
  )
  gauge(
    'ioc_engine_messages_per_second',
    'Messages committed per second, over ten seconds.',
    () => sources.counts().messagesPerSecond,
  )
  gauge(
    'ioc_engine_readings_per_second',
    'Readings committed per second, over ten seconds.',
    () => sources.counts().readingsPerSecond,
  )
  gauge('ioc_engine_database_reachable', '1 while the engine can read the database.', () =>
    Number(sources.counts().databaseReachable),
  )
  gauge(
    'ioc_engine_newest_data_seconds',
    'Event time of the newest record, seconds since 1970.',
    () => (sources.counts().newestDataAt ?? 0) / 1000,
  )
  return {
    registry,
    livePatches: new Counter({ name: 'ioc_live_patches_total', help: 'Patches sent, by room.', registers }),
    liveSkipped: new Counter({
      name: 'ioc_live_skipped_total',
      help: 'Patches and beats not sent to a socket whose buffer was full.',
      registers,
    }),
  }
}

/** Measures every answer by route (the pattern, not the address) and serves /metrics. */
export function serveMetrics(http: FastifyInstance, { registry }: ServerMetrics): void {
  const durations = new Histogram({
    name: 'ioc_http_request_seconds',
    help: 'Time from request to answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  })
  http.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown'
    durations.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000)
  })
  http.get('/metrics', { schema: { hide: true } }, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  )
}
