import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { json, mqttClient } from '../clients.ts'
import { type IngestProcess, startIngestProcess } from '../ingest-process.ts'
import { findProgram, type Mosquitto, startMosquitto } from '../mosquitto.ts'
import { addSchools } from '../registry-fixture.ts'
import { startProxy, type TcpProxy } from '../tcp-proxy.ts'

const program = findProgram('mosquitto')
const PER_SECOND = 400

describe.skipIf(!program)('two ingest programs share four sessions at a Mosquitto', () => {
  let db: TestDatabase
  let mosquitto: Mosquitto
  let proxy: TcpProxy
  let a: IngestProcess
  let b: IngestProcess
  let ts = Date.now() - 3_600_000

  beforeAll(async () => {
    db = await createTestDatabase()
    await addSchools(db.database)
    mosquitto = await startMosquitto(program!, ({ port, folder }) =>
      [
        `listener ${port} 127.0.0.1`,
        'allow_anonymous true',
        'max_queued_messages 100000',
        `log_dest file ${folder}/log`,
        'user root',
      ].join('\n'),
    )
    proxy = await startProxy(db.url)
    a = await startWorker(throughProxy())
    b = await startWorker(db.url)
  })
  afterAll(async () => {
    await Promise.all([a?.stop(), b?.stop()])
    await proxy?.close()
    await mosquitto?.remove()
    await db?.drop()
  })

  const startWorker = (databaseUrl: string) =>
    startIngestProcess({ DATABASE_URL: databaseUrl, MQTT_URL: mosquitto.url, MQTT_SESSIONS: '4' })
  function throughProxy(): string {
    const url = new URL(db.url)
    url.host = `127.0.0.1:${proxy.port}`
    return url.href
  }
  const held = (worker: IngestProcess) => worker.sample('ioc_ingest_sessions_held')
  const expectHeld = (worker: IngestProcess, sessions: number) =>
    vi.waitFor(async () => expect(await held(worker)).toBe(sessions), { timeout: 30_000, interval: 100 })
  const readings = async () =>
    (await db.database.query('select count(*) as n from reading')).rows[0]!['n'] as number
  /** Publishes for a while; gives how many the broker has acknowledged. */
  async function load(seconds: number, during: () => Promise<void> = async () => {}): Promise<number> {
    const client = await mqttClient(mosquitto.url)
    const sent: Promise<unknown>[] = []
    const since = Date.now()
    const timer = setInterval(() => {
      while (sent.length < ((Date.now() - since) / 1000) * PER_SECOND) {
        ts += 1
        const body = json({ ts, values: { co2: 500 } })
        sent.push(client.publishAsync('ioc/v1/TH-01/telemetry/room-1', body, { qos: 1 }))
      }
    }, 10)
    await delay((seconds * 1000) / 2)
    await during()
    await delay((seconds * 1000) / 2)
    clearInterval(timer)
    await Promise.all(sent)
    return sent.length
  }

  test('each holds two, and every message is stored once', async () => {
    await Promise.all([expectHeld(a, 2), expectHeld(b, 2)])
    const sent = await load(2)
    await vi.waitFor(async () => expect(await readings()).toBe(sent), 10_000)
    for (const worker of [a, b]) {
      expect(await worker.sample('ioc_ingest_stored_total{kind="telemetry"}')).toBeGreaterThan(sent / 4)
    }
  })

  test('one of them killed under load: within 30 s everything the broker acknowledged is stored, nothing twice', async () => {
    const before = await readings()
    let killedAt = 0
    const sent = await load(4, async () => {
      await a.crash()
      killedAt = Date.now()
    })
    await vi.waitFor(async () => expect(await readings()).toBe(before + sent), {
      timeout: 40_000,
      interval: 200,
    })
    expect(Date.now() - killedAt).toBeLessThan(30_000)
    expect(await held(b)).toBe(4)
    const { rows } = await db.database.query(
      'select 1 from reading group by ts, device_id, metric_id having count(*) > 1',
    )
    expect(rows).toEqual([])
  })

  test('the one that returns gets its share back, and nothing is lost on the way', async () => {
    const before = await readings()
    const sent = await load(2, async () => {
      a = await startWorker(throughProxy())
      await Promise.all([expectHeld(a, 2), expectHeld(b, 2)])
    })
    await vi.waitFor(async () => expect(await readings()).toBe(before + sent), 20_000)
  })

  test('one cut off from the database closes its connections before the other takes its sessions', async () => {
    proxy.cut()
    await expectHeld(a, 0)
    await expectHeld(b, 4)
    const log = readFileSync(join(mosquitto.folder, 'log'), 'utf8')
    // Mosquitto says so whenever a second connection comes under a name that is connected.
    expect(log).not.toMatch(/ioc-ingest-\d already connected/)
    expect(log.match(/New client connected from \S+ as ioc-ingest-\d /g)!.length).toBeGreaterThanOrEqual(10)
    await proxy.restore()
    await Promise.all([expectHeld(a, 2), expectHeld(b, 2)])
  })

  test('one killed and started again at its old address has its sessions back without waiting', async () => {
    const port = Number(new URL(b.httpUrl).port)
    await b.crash()
    const settings = { DATABASE_URL: db.url, MQTT_URL: mosquitto.url, MQTT_SESSIONS: '4' }
    b = await startIngestProcess(settings, port)
    expect(await held(b)).toBe(2)
  })
})
