import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { type Gateways, startGateways } from '../helpers/gateways.ts'
import { addFleet, type IngestProcess, type IntakeStack, startIntakeStack } from '../helpers/intake-stack.ts'
import { findProgram, type Mosquitto, startMosquitto } from '../ingest/mosquitto.ts'

/** Ingest and brokers killed and started again. Fifty kills at 2,000 messages a second: npm run bench -- kill. */
const base = Date.now() - 3_600_000
let stack: IntakeStack
const fleets: Gateways[] = []
beforeAll(async () => {
  stack = await startIntakeStack(inject('databaseTemplate'))
  await addFleet(stack.database, 500, 20)
})
afterAll(async () => {
  for (const fleet of fleets) await fleet.close('rudely')
  await stack.stop()
})

const DEVICES = 10_000
const deviceOf = (n: number) => ({ school: 1 + (n % 500), device: 1 + (Math.floor(n / 500) % 20) })
async function start(
  name: string,
  url: string,
  perSecond: number,
  more: Partial<Parameters<typeof startGateways>[0]>,
) {
  const fleet = await startGateways({
    url,
    name,
    connections: 20,
    perSecond,
    window: 1_000,
    keepAliveSeconds: 10,
    message: (at, n) => ({
      topic: `ioc/v1/S-${at + 1}/telemetry/d-${name}`,
      payload: JSON.stringify({ ts: base + n, values: { co2: 500 } }),
    }),
    ...more,
  })
  fleets.push(fleet)
  return fleet
}
const rows = async (device: number) => {
  const { rows } = await stack.database.query<{ n: number }>(
    'select count(*) as n from reading r join device d on d.id = r.device_id where d.code = $1',
    [`d-${device}`],
  )
  return rows[0]!.n
}
const killed = async ({ part }: IngestProcess, signal: NodeJS.Signals) => {
  const before = part.pid
  process.kill(before!, signal)
  await vi.waitFor(() => expect(part.pid).not.toBe(before), 10_000)
}

describe('ingest with its embedded broker', () => {
  let ingest: IngestProcess
  beforeAll(async () => {
    ingest = await stack.addIngest()
  })

  test('killed in the middle of its batches: what it acknowledged is stored, the rest comes again, nothing is there twice', {
    timeout: 120_000,
  }, async () => {
    const fleet = await start('1', ingest.mqttUrl, 2_000, {})
    for (let kill = 0; kill < 2; kill++) {
      const acknowledged = fleet.counts().acknowledged
      await vi.waitFor(
        () => expect(fleet.counts().acknowledged).toBeGreaterThan(acknowledged + 1_000),
        30_000,
      )
      // Frozen, its transaction is begun and not ended when it dies.
      if (kill % 2 === 1) stack.proxy.freeze()
      await delay(kill * 17)
      await killed(ingest, 'SIGKILL')
    }
    await fleet.finish(60_000)
    const { due, acknowledged, lost, disorder } = fleet.counts()
    expect([acknowledged, lost, disorder]).toEqual([due, 2 * 20, 0])
    expect(await rows(1)).toBe(due)
    await fleet.close()
  })

  test('restarted and killed, no device of ten thousand is reported offline; twenty that vanish are, within five seconds', {
    timeout: 120_000,
  }, async () => {
    const stateTopic = (at: number) => `ioc/v1/S-${at + 1}/devices/d-1/state`
    const fleet = await start('state', ingest.mqttUrl, 4_000, {
      stateTopic,
      message: (at, n) => {
        const { school, device } = deviceOf(at + 20 * n)
        return { topic: `ioc/v1/S-${school}/devices/d-${device}/state`, payload: '{"online":true}' }
      },
    })
    const states = async () => {
      const { rows } = await stack.database.query<{ online: number; offline: number; everOffline: number }>(
        `select count(*) filter (where online) as online, count(*) filter (where not online) as offline,
          (select count(*) from device_connection where not online) as "everOffline" from device_connection_current`,
      )
      return rows[0]!
    }
    const allOnline = { online: DEVICES, offline: 0, everOffline: 0 }
    await vi.waitFor(async () => expect(await states()).toEqual(allOnline), {
      timeout: 30_000,
      interval: 200,
    })
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      const acknowledged = fleet.counts().acknowledged
      await killed(ingest, signal)
      // Every device has spoken again.
      await vi.waitFor(
        () => expect(fleet.counts().acknowledged).toBeGreaterThan(acknowledged + DEVICES),
        30_000,
      )
      expect(await states()).toEqual(allOnline)
    }
    await fleet.finish(30_000)
    const since = Date.now()
    await fleet.close('rudely')
    const someOffline = { online: DEVICES - 20, offline: 20, everOffline: 20 }
    await vi.waitFor(async () => expect(await states()).toEqual(someOffline), 5_000)
    expect(Date.now() - since).toBeLessThan(5_000)
  })
})

const program = findProgram('mosquitto')

describe.skipIf(!program)('ingest with a Mosquitto', () => {
  let mosquitto: Mosquitto
  beforeAll(async () => {
    mosquitto = await startMosquitto(program!)
  })
  afterAll(() => mosquitto.remove())

  test('started twice under one client id, and with the broker restarted under load, loses nothing and stores nothing twice', {
    timeout: 120_000,
  }, async () => {
    const first = await stack.addIngest({ MQTT_URL: mosquitto.url })
    const second = await stack.addIngest({ MQTT_URL: mosquitto.url })
    const fleet = await start('2', mosquitto.url, 300, {})
    await delay(1_000)
    await mosquitto.kill()
    await mosquitto.start()
    await delay(1_500)
    await second.part.stop(8_000)
    await fleet.finish(30_000)
    const { due } = fleet.counts()
    await vi.waitFor(async () => expect(await rows(2)).toBe(due), { timeout: 40_000, interval: 200 })
    expect(await first.sum('ioc_ingest_dead_letter_total')).toBe(0)
  })
})
