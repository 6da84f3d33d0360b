import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { residentMiB } from '../bench/process-memory.ts'
import { type Gateways, startGateways } from '../helpers/gateways.ts'
import { addFleet, type IngestProcess, type IntakeStack, startIntakeStack } from '../helpers/intake-stack.ts'
import { findProgram, type Mosquitto, startMosquitto } from '../ingest/mosquitto.ts'

/**
 * The database is gone for twenty seconds, at 500 messages a second from gateways that hold what is not acknowledged,
 * and at 200 through a Mosquitto. The half hour of which this is a ninetieth: npm run bench -- outage.
 */
const OUTAGE_MS = 20_000
const PER_SECOND = 500
const PER_SECOND_BEHIND_BROKER = 200
/** The keep-alive of a minute on the scale of this outage. */
const KEEP_ALIVE_SECONDS = 2

let stack: IntakeStack
let direct: IngestProcess
let mosquitto: Mosquitto | undefined
let behind: IngestProcess | undefined
const fleets: Gateways[] = []

beforeAll(async () => {
  stack = await startIntakeStack(inject('databaseTemplate'))
  await addFleet(stack.database, 60, 3)
  direct = await stack.addIngest()
  const program = findProgram('mosquitto')
  if (!program) return
  mosquitto = await startMosquitto(program)
  behind = await stack.addIngest({ MQTT_URL: mosquitto.url })
})
afterAll(async () => {
  for (const fleet of fleets) await fleet.close('rudely')
  await stack.stop()
  await mosquitto?.remove()
})

const base = Date.now() - 3_600_000
const fleet = async (name: string, url: string, perSecond: number, window: number, device: number) => {
  const started = await startGateways({
    url,
    name,
    connections: 30,
    perSecond,
    window,
    keepAliveSeconds: KEEP_ALIVE_SECONDS,
    message: (at, n) => ({
      topic: `ioc/v1/S-${at + 1 + (name === 'free' ? 30 : 0)}/telemetry/d-${device}`,
      payload: JSON.stringify({ ts: base + n, values: { co2: 500 + (n % 500), temperature: 27.5 } }),
    }),
    stateTopic: (at) => `ioc/v1/S-${at + 1 + (name === 'free' ? 30 : 0)}/devices/d-${device}/state`,
  })
  fleets.push(started)
  return started
}
const rows = async (device: number) => {
  const { rows } = await stack.database.query<{ n: number }>(
    'select count(*) as n from reading r join device d on d.id = r.device_id where d.code = $1',
    [`d-${device}`],
  )
  return rows[0]!.n
}

test('while the database is gone nothing is lost, memory is bounded and no connection ends; then it is made up for three times as fast as more comes in', {
  timeout: 240_000,
}, async () => {
  // Half of the gateways hold all but twenty messages back themselves, the other half hold none back.
  const windowed = await fleet('windowed', direct.mqttUrl, PER_SECOND / 2, 20, 1)
  const free = await fleet('free', direct.mqttUrl, PER_SECOND / 2, 60_000, 1)
  const queued = mosquitto && (await fleet('queued', mosquitto.url, PER_SECOND_BEHIND_BROKER, 1_000, 2))
  const acknowledged = () => windowed.counts().acknowledged + free.counts().acknowledged
  await vi.waitFor(() => expect(acknowledged()).toBeGreaterThan(PER_SECOND), 20_000)
  const memory = () => [direct, behind].map((one) => residentMiB(one?.part.pid))
  const before = memory()

  stack.proxy.cut()
  await delay(500)
  const storedThen = await rows(1)
  const acknowledgedThen = acknowledged()
  let most = before
  for (const until = Date.now() + OUTAGE_MS; Date.now() < until; await delay(500)) {
    most = memory().map((now, at) => Math.max(now, most[at]!))
  }
  expect(acknowledged()).toBe(acknowledgedThen)
  expect((await fetch(`${direct.ingestUrl}/readyz`)).status).toBe(503)
  expect(await rows(1)).toBe(storedThen)
  const owed = windowed.counts().due + free.counts().due - acknowledgedThen
  expect(owed).toBeGreaterThan((PER_SECOND * OUTAGE_MS) / 1_000 / 2)
  const owedBehind = (queued?.counts().due ?? 0) - (await rows(2)) / 2

  await stack.proxy.restore()
  const since = Date.now()
  const duration = async (done: () => Promise<boolean> | boolean) => {
    while (!(await done()) && Date.now() - since < 60_000) await delay(100)
    return (Date.now() - since) / 1_000
  }
  const [drain, drainBehind] = await Promise.all([
    duration(() => windowed.counts().due + free.counts().due - acknowledged() < PER_SECOND),
    queued && duration(async () => queued.counts().due - (await rows(2)) / 2 < PER_SECOND_BEHIND_BROKER),
  ])
  // While it drains more comes in: both are stored.
  expect(owed / drain + PER_SECOND).toBeGreaterThan(3 * PER_SECOND)
  if (drainBehind) {
    expect(owedBehind / drainBehind + PER_SECOND_BEHIND_BROKER).toBeGreaterThan(3 * PER_SECOND_BEHIND_BROKER)
  }
  most = memory().map((now, at) => Math.max(now, most[at]!))
  expect(most[0]! - before[0]!).toBeLessThan(200)
  if (behind) expect(most[1]! - before[1]!).toBeLessThan(200)

  await Promise.all(fleets.map((one) => one.finish(60_000)))
  for (const one of fleets) {
    const { due, ...counts } = one.counts()
    expect(counts).toEqual({ acknowledged: due, lost: 0, unansweredPings: 0, disorder: 0 })
  }
  expect(await rows(1)).toBe(2 * acknowledged())
  if (queued) await vi.waitFor(async () => expect(await rows(2)).toBe(2 * queued.counts().due), 30_000)
  const offline = await stack.database.query('select count(*) as n from device_connection where not online')
  expect(offline.rows).toEqual([{ n: 0 }])
})

test('while the database is slow messages wait longer, memory does not grow and no connection ends', {
  timeout: 120_000,
}, async () => {
  await Promise.all(fleets.splice(0).map((one) => one.close()))
  const before = residentMiB(direct.part.pid)
  // A transaction is half a dozen questions and answers: each batch takes seconds.
  stack.proxy.slow(200)
  const patient = await fleet('patient', direct.mqttUrl, PER_SECOND, 1_000, 3)
  const stored = await rows(3)
  let memory = before
  for (const until = Date.now() + 4_500; Date.now() < until; await delay(500)) {
    memory = Math.max(memory, residentMiB(direct.part.pid))
  }
  const waits = patient.takeWaits().sort((a, b) => a - b)
  expect(waits.length).toBeGreaterThan(0)
  expect(waits[Math.floor(waits.length / 2)]).toBeGreaterThan(1_000)
  stack.proxy.slow(0)
  await patient.finish(60_000)
  const { due, ...counts } = patient.counts()
  expect(counts).toEqual({ acknowledged: due, lost: 0, unansweredPings: 0, disorder: 0 })
  expect(memory - before).toBeLessThan(100)
  expect(await rows(3)).toBe(stored + 2 * due)
})
