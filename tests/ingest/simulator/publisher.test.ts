import { afterEach, beforeEach, expect, test } from 'vitest'
import { Publisher, type PublisherOptions } from '../../../ingest/simulator/publisher.ts'
import { silentLog } from '../../helpers/database.ts'
import { startBroker, type TestBroker, until } from './broker.ts'

let broker: TestBroker
let publisher: Publisher | undefined
beforeEach(async () => {
  broker = await startBroker()
})
afterEach(async () => {
  await publisher?.stop(100)
  await broker.close()
})

async function start(options: Partial<PublisherOptions> = {}): Promise<Publisher> {
  publisher = new Publisher({
    url: broker.url,
    clientId: 'test',
    connections: 2,
    window: 50,
    patienceMs: 5_000,
    log: silentLog,
    ...options,
  })
  await publisher.start()
  return publisher
}

const message = (number: number) => ({
  topic: `ioc/v1/S/telemetry/D-${number}`,
  payload: `${number}`,
  retain: false,
})

test('no more than the window is ever unacknowledged, and everything arrives once', async () => {
  const one = await start()
  for (let i = 0; i < 500; i++) {
    await one.room()
    void one.publish(i, message(i))
  }
  await until(() => one.counts.acknowledged === 500)
  expect(broker.mostUnacknowledged()).toBeLessThanOrEqual(50)
  expect(new Set(broker.received.map((got) => got.payload)).size).toBe(500)
  expect(broker.received).toHaveLength(500)
})

test('while nothing is acknowledged nobody gets room, and those with a smaller share wait longest', async () => {
  const one = await start({ window: 10 })
  broker.hold(true)
  for (let i = 0; i < 10; i++) void one.publish(0, message(i))
  const order: string[] = []
  const background = one.room(2).then(() => order.push('background'))
  const living = one.room().then(() => order.push('living'))
  await until(() => broker.received.length === 10)
  expect(order).toEqual([])
  broker.hold(false)
  await Promise.all([background, living])
  expect(order).toEqual(['living', 'background'])
})

test('messages of one lane arrive in the order they were sent', async () => {
  const one = await start({ connections: 3 })
  for (let i = 0; i < 200; i++) {
    await one.room()
    void one.publish(7, message(i))
  }
  await until(() => one.counts.acknowledged === 200)
  expect(broker.received.map((got) => Number(got.payload))).toEqual(Array.from({ length: 200 }, (_, i) => i))
})

test('after a broken connection what was acknowledged is not sent again, and what was not is', async () => {
  const one = await start({ window: 100 })
  for (let i = 0; i < 40; i++) void one.publish(i, message(i))
  await until(() => one.counts.acknowledged === 40)
  broker.hold(true)
  for (let i = 40; i < 80; i++) void one.publish(i, message(i))
  await until(() => broker.received.length === 80)
  broker.cut()
  broker.hold(false)
  for (let i = 80; i < 100; i++) void one.publish(i, message(i))
  await until(() => one.counts.acknowledged === 100)
  const times = new Map<string, number>()
  for (const got of broker.received) times.set(got.payload, (times.get(got.payload) ?? 0) + 1)
  const sent = (count: number) =>
    Array.from({ length: 100 }, (_, i) => i).filter((i) => times.get(`${i}`) === count)
  expect(sent(1)).toEqual(Array.from({ length: 100 }, (_, i) => i).filter((i) => i < 40 || i >= 80))
  expect(sent(2)).toEqual(Array.from({ length: 40 }, (_, i) => i + 40))
  expect(one.counts).toMatchObject({ inFlight: 0, refused: 0, reconnects: 2 })
})

test('a broker that is not there is one sentence with its address and without a password', async () => {
  const refused = start({ url: 'mqtt://user:hidden@127.0.0.1:1', patienceMs: 300 })
  await expect(refused).rejects.toMatchObject({ code: 'broker-unreachable' })
  await refused.catch((error: Error) => {
    expect(error.message).toContain('127.0.0.1:1')
    expect(error.message).toContain('ECONNREFUSED')
    expect(error.message).not.toContain('hidden')
  })
})
