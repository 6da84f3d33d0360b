import { expect } from 'vitest'
import { type IngestApp, startApp } from '../../ingest/app.ts'
import { IngestSettings } from '../../ingest/config.ts'
import { type Clock, realClock } from '../../shared/node/clock.ts'
import type { Logger } from '../../shared/node/log.ts'
import { silentLog } from '../helpers/database.ts'

export interface IngestHarness {
  /** Of the embedded broker; undefined when `settings.MQTT_URL` names another. */
  mqttUrl: string
  httpUrl: string
  app: IngestApp
  metrics(): Promise<IngestCounts>
  stop(): Promise<void>
}

/** Sums over all labels, and every sample by its full name. */
export interface IngestCounts {
  received: number
  stored: number
  duplicate: number
  deadLetter: number
  ignored: number
  inFlight: number
  dropped: number
  sample(name: string): number
}

export interface HarnessOptions {
  databaseUrl: string
  clock?: Clock
  log?: Logger
  /** Other settings, as the environment would give them. */
  settings?: Record<string, string>
}

/** Starts the ingest program in this process, on free ports. */
export async function startIngest(options: HarnessOptions): Promise<IngestHarness> {
  const config = IngestSettings.parse({
    MQTT_PORT: '0',
    INGEST_PORT: '0',
    DATABASE_URL: options.databaseUrl,
    ...options.settings,
  })
  const app = await startApp(config, options.log ?? silentLog, '0.0.0', options.clock ?? realClock)
  return {
    mqttUrl: `mqtt://127.0.0.1:${app.mqttPort}`,
    httpUrl: `http://127.0.0.1:${app.httpPort}`,
    app,
    metrics: () => readCounts(app),
    stop: () => app.stop(),
  }
}

async function readCounts(app: IngestApp): Promise<IngestCounts> {
  const samples = new Map<string, number>()
  for (const line of (await app.metrics.registry.metrics()).split('\n')) {
    const space = line.lastIndexOf(' ')
    if (space > 0 && !line.startsWith('#')) samples.set(line.slice(0, space), Number(line.slice(space + 1)))
  }
  const sum = (name: string) =>
    [...samples].filter(([key]) => key.split('{')[0] === name).reduce((total, [, value]) => total + value, 0)
  return {
    received: sum('ioc_ingest_received_total'),
    stored: sum('ioc_ingest_stored_total'),
    duplicate: sum('ioc_ingest_duplicate_total'),
    deadLetter: sum('ioc_ingest_dead_letter_total'),
    ignored: sum('ioc_ingest_ignored_total'),
    inFlight: sum('ioc_ingest_in_flight'),
    dropped: sum('ioc_ingest_dropped_total'),
    sample: (name) => samples.get(name) ?? 0,
  }
}

/** received = stored + duplicate + dead letter + ignored + in flight, now. */
export async function expectAccounted(ingest: IngestHarness): Promise<IngestCounts> {
  const counts = await ingest.metrics()
  const { stored, duplicate, deadLetter, ignored, inFlight, received } = counts
  expect(stored + duplicate + deadLetter + ignored + inFlight).toBe(received)
  return counts
}
