import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../helpers/database.ts'
import { type IngestHarness, startIngest } from '../../harness.ts'
import { findProgram, keeping, type Mosquitto, startMosquitto } from '../../mosquitto.ts'
import { addSchools } from '../../registry-fixture.ts'
import { ALIAS, PlayedEdge } from './played-edge.ts'
import { clear, connections, deadLetters, registerEdge, storedReadings } from './rows.ts'

const program = findProgram('mosquitto')
const until = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 15_000, interval: 50 })

describe.skipIf(!program)('with a Mosquitto of its own', () => {
  let db: TestDatabase
  const running: { stop(): Promise<void> }[] = []
  beforeAll(async () => {
    db = await createTestDatabase()
    await addSchools(db.database)
    await registerEdge(db.database)
  })
  beforeEach(() => clear(db.database))
  afterEach(async () => {
    for (const one of running.splice(0).reverse()) await one.stop()
  })
  afterAll(() => db.drop())

  async function broker(more: string[] = []): Promise<Mosquitto> {
    const mosquitto = await startMosquitto(program!, keeping(100_000, more))
    running.push({ stop: () => mosquitto.remove() })
    return mosquitto
  }
  async function ingest(
    mosquitto: Mosquitto,
    subscription: string,
    clientId = 'ioc-ingest',
  ): Promise<IngestHarness> {
    const settings = { MQTT_URL: mosquitto.url, MQTT_SUBSCRIPTION: subscription, MQTT_CLIENT_ID: clientId }
    const one = await startIngest({ databaseUrl: db.url, settings })
    running.push(one)
    await until(async () => expect((await fetch(`${one.httpUrl}/readyz`)).status).toBe(200))
    return one
  }
  const readings = async (metric: string, since = 0) =>
    (await storedReadings(db.database, since)).filter((one) => one.includes(`${metric}=`))
  const isOnline = () =>
    until(async () => expect(await connections(db.database)).toEqual(['gate-1 online', 'room-1 online']))
  /** One after the other, so that each has a time of its own. */
  const send = async (edge: PlayedEdge, alias: number, values: number[]) => {
    for (const value of values) {
      await edge.data([{ alias, int: value }])
      await delay(5)
    }
  }
  const count = (from: number, length: number) => Array.from({ length }, (_, at) => from + at)

  test('two programs that share the load read by births that the other has taken, old ones and new ones', async () => {
    const mosquitto = await broker()
    const first = await ingest(mosquitto, '$share/ioc/spBv1.0/#', 'ioc-1')
    const second = await ingest(mosquitto, '$share/ioc/spBv1.0/#', 'ioc-2')
    const edge = await PlayedEdge.connect({ url: mosquitto.url, name: 'A/e1', session: 0 })
    await isOnline()
    await send(edge, ALIAS.co2, count(700, 20))
    await until(async () => expect(await readings('co2')).toHaveLength(21))

    edge.cut()
    await until(async () => expect(await connections(db.database)).toContain('gate-1 offline'))
    // The aliases have changed places: read by the former birth, CO2 would become a temperature.
    const aliases = { co2: ALIAS.temperature, temperature: ALIAS.co2 }
    const again = await PlayedEdge.connect({ url: mosquitto.url, name: 'A/e1', session: 1, aliases })
    await until(async () => expect(await readings('temperature')).toHaveLength(2))
    const since = Date.now()
    await send(again, aliases.co2, count(800, 20))
    await until(async () =>
      expect(await readings('co2', since)).toEqual(count(800, 20).map((value) => `room-1 co2=${value}`)),
    )
    expect(await deadLetters(db.database)).toEqual([])
    for (const one of [first, second]) expect((await one.metrics()).stored).toBeGreaterThan(10)
    expect([edge.asked, again.asked]).toEqual([0, 0])
  })

  test('a request for a rebirth goes out through the broker and is answered', async () => {
    const mosquitto = await broker()
    await ingest(mosquitto, 'spBv1.0/#')
    const edge = await PlayedEdge.connect({ url: mosquitto.url, name: 'A/e1', session: 0, births: false })
    await send(edge, ALIAS.co2, [640])
    await isOnline()
    expect(edge.asked).toBe(1)
    expect(await deadLetters(db.database)).toEqual(['no-birth spBv1.0/A/DDATA/e1/d1'])
  })

  test.each([
    ['kept where queue_qos0_messages is on', ['queue_qos0_messages true'], 50],
    ['lost where it is off; the rebirth brings the values of now', [], 0],
  ])('data sent at QoS 0 while this program is away is %s', async (_what, more, kept) => {
    const mosquitto = await broker(more)
    const before = await ingest(mosquitto, 'spBv1.0/#')
    const edge = await PlayedEdge.connect({ url: mosquitto.url, name: 'A/e1', session: 0 })
    await isOnline()
    await before.stop()
    running.pop()
    const since = Date.now()
    await send(edge, ALIAS.co2, count(700, 50))
    await ingest(mosquitto, 'spBv1.0/#')
    await send(edge, ALIAS.co2, [999])
    await until(async () => expect(edge.asked).toBe(1))
    await until(async () => expect(await readings('co2', since)).toContain('room-1 co2=600'))
    expect((await readings('co2', since)).filter((one) => /co2=7\d\d/.test(one))).toHaveLength(kept)
    expect(await connections(db.database)).toEqual(['gate-1 online', 'room-1 online'])
  })
})
