import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { connect, type MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts'
import { json } from './clients.ts'
import { type IngestHarness, startIngest } from './harness.ts'
import { findProgram } from './mosquitto.ts'
import { readied } from './readiness.ts'
import { addSchools } from './registry-fixture.ts'
import { type ShippedBroker, startShippedBroker } from './shipped-broker.ts'

/** kill -9 of a Mosquitto with the shipped configuration, under load, against what the operator is promised. */
const program = findProgram('mosquitto')
const ROUNDS = 3
const PER_SECOND = 500
const CONNECTIONS = 20

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const saveAfter = Number(/^autosave_interval (\d+)$/m.exec(read('ingest/broker-config/mosquitto.conf'))![1])

describe.skipIf(!program)('publishers that repeat what is not acknowledged', () => {
  let db: TestDatabase
  let broker: ShippedBroker
  let fleet: Fleet
  beforeAll(async () => {
    db = await createTestDatabase()
    await addSchools(db.database)
    broker = await startShippedBroker(program!)
    fleet = new Fleet(broker.url)
  })
  afterAll(async () => {
    fleet.end()
    await broker.remove()
    await db.drop()
  })

  async function start(): Promise<IngestHarness> {
    const ingest = await startIngest({
      databaseUrl: db.url,
      settings: { MQTT_URL: broker.url, MQTT_USERNAME: 'ioc-ingest', MQTT_PASSWORD: 'ioc-ingest' },
    })
    await vi.waitFor(async () => expect((await readied(ingest.httpUrl)).ready).toBe(true), 20_000)
    return ingest
  }
  /** Messages acknowledged before `at` and not stored, once everything that can come has come. */
  async function missing(at: number): Promise<number[]> {
    let before = -1
    for (;;) {
      const { rows } = await db.database.query<{ ms: number }>(
        'select (extract(epoch from ts) * 1000)::bigint as ms from reading',
      )
      if (rows.length === before) {
        const stored = new Set(rows.map(({ ms }) => ms))
        return [...fleet.acknowledged]
          .filter(([ts, time]) => time < at && !stored.has(ts))
          .map(([, time]) => time)
      }
      before = rows.length
      await delay(700)
    }
  }
  const crash = async () => {
    await broker.crash()
    const at = performance.now()
    await broker.start()
    return at
  }

  test(`the operator is told: nothing while ingest is connected, ${saveAfter} messages while it is away`, () => {
    const table = read('docs/operate.md')
    expect(table).toMatch(/\| kill -9 broker[^|]*ingest đang kết nối[^|]*\| 0 \|/)
    expect(table).toContain(`| ≤ ${saveAfter} tin`)
  })

  test(`lose nothing while ingest is connected, in ${ROUNDS} kills`, { timeout: 120_000 }, async () => {
    const ingest = await start()
    fleet.start()
    for (let round = 0; round < ROUNDS; round++) {
      await delay(1_500 + Math.random() * 1_000)
      await crash()
      await vi.waitFor(async () => expect((await readied(ingest.httpUrl)).broker).toBe(true), 20_000)
    }
    await fleet.stop()
    expect(fleet.acknowledged.size).toBeGreaterThan(ROUNDS * 500)
    expect(await missing(performance.now())).toEqual([])
    await ingest.stop()
  })

  test(`lose at most ${saveAfter} messages, those of the last second, while ingest is away, in ${ROUNDS} kills`, {
    timeout: 120_000,
  }, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      fleet.start()
      await delay(1_500 + Math.random() * 1_000)
      const at = await crash()
      await delay(500)
      await fleet.stop()
      const ingest = await start()
      const lost = await missing(performance.now())
      await ingest.stop()
      expect(lost.length).toBeLessThanOrEqual(saveAfter)
      // At 500 messages a second these are of the last second; a quarter is allowed for a machine that is busy.
      for (const time of lost) expect(at - time).toBeLessThan(1_250)
      fleet.forget()
    }
  })
})

/** Publishes readings at QoS 1 over several connections, and keeps when each was acknowledged. */
class Fleet {
  /** By the reading's ts, the time of the acknowledgement by performance.now(). */
  readonly acknowledged = new Map<number, number>()
  readonly #clients: MqttClient[]
  #ts = Date.now() - 3_600_000
  #waiting = 0
  #timer: NodeJS.Timeout | undefined

  constructor(url: string) {
    this.#clients = Array.from({ length: CONNECTIONS }, (_, at) => {
      const client = connect(url, {
        ...{ clientId: `fleet-${at}`, clean: false, reconnectPeriod: 100 },
        ...{ username: 'TH-01', password: 'TH-01' },
      })
      client.on('error', () => {})
      return client
    })
  }

  start(): void {
    const since = performance.now()
    let sent = 0
    this.#timer = setInterval(() => {
      const due = ((performance.now() - since) / 1000) * PER_SECOND
      for (; sent < due && this.#waiting < 5_000; sent++) this.#publish()
    }, 10)
  }

  /** Resolves when everything sent is acknowledged. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await vi.waitFor(() => expect(this.#waiting).toBe(0), 30_000)
  }

  forget(): void {
    this.acknowledged.clear()
  }

  end(): void {
    clearInterval(this.#timer)
    for (const client of this.#clients) client.end(true)
  }

  #publish(): void {
    this.#ts += 1
    this.#waiting += 1
    const ts = this.#ts
    const client = this.#clients[ts % CONNECTIONS]!
    client.publish(
      'ioc/v1/TH-01/telemetry/room-1',
      json({ ts, values: { co2: 500 } }),
      { qos: 1 },
      (error) => {
        this.#waiting -= 1
        if (!error) this.acknowledged.set(ts, performance.now())
      },
    )
  }
}
