import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Batcher } from '../../../ingest/batcher.ts'
import { openAccess } from '../../../ingest/broker/access.ts'
import { EmbeddedBroker } from '../../../ingest/broker/broker.ts'
import type { Message } from '../../../ingest/message.ts'
import { IngestMetrics } from '../../../ingest/metrics.ts'
import { realClock } from '../../../shared/node/clock.ts'
import { silentLog } from '../../helpers/database.ts'
import { mqttClient } from '../clients.ts'

const ROOM = 200
const STORED = { stored: 1, duplicate: 0, rejected: [] }

/** A broker whose batches a test carries by hand, with room for few messages. */
async function start() {
  const carried: Message[] = []
  let open = false
  let letGo = () => {}
  const batcher = new Batcher({
    limits: { messages: 50, bytes: 1_000_000, targetMs: 200, everyMs: 0, atOnce: 1 },
    room: { messages: ROOM, bytes: 100_000_000 },
    onTaken: () => {},
    carry: async (messages) => {
      if (!open) {
        await new Promise<void>((resolve) => {
          letGo = resolve
        })
      }
      for (const message of messages) {
        carried.push(message)
        message.settle(STORED)
      }
    },
  })
  const broker = new EmbeddedBroker({
    host: '127.0.0.1',
    port: 0,
    mostWaitingBytes: 100_000_000,
    intake: batcher,
    access: openAccess,
    clock: realClock,
    metrics: new IngestMetrics('0.0.0'),
    log: silentLog,
  })
  const port = await broker.start()
  const release = () => {
    open = true
    letGo()
  }
  onTestFinished(async () => {
    release()
    await broker.stop(0)
  })
  return { url: `mqtt://127.0.0.1:${port}`, batcher, carried, release }
}

const will = (topic: string) => ({ topic, payload: Buffer.from('gone'), qos: 1 as const, retain: true })
const topicsOf = (messages: Message[]) => messages.map((message) => message.topic)

test('with no room connections take turns: a quiet one is served after one turn of each that floods', async () => {
  const { url, batcher, carried, release } = await start()
  const floods = await Promise.all([1, 2, 3, 4].map(() => mqttClient(url)))
  const all = floods.flatMap((client, at) =>
    Array.from({ length: 2_000 }, () => client.publishAsync(`flood/${at}`, 'x', { qos: 1 })),
  )
  await vi.waitFor(() => expect(batcher.hasRoom).toBe(false))
  await delay(200)
  const quiet = await mqttClient(url)
  const acknowledged = quiet.publishAsync('quiet', 'x', { qos: 1 })
  await delay(100)
  release()
  await acknowledged
  await Promise.all(all)
  // What was held already, and one turn of a hundred for each of the four.
  expect(topicsOf(carried).indexOf('quiet')).toBeLessThanOrEqual(ROOM + 4 * 100)
  expect(carried).toHaveLength(8_001)
})

test('a device that takes its leave while there is no room leaves no last will behind', async () => {
  const { url, batcher, carried, release } = await start()
  const flood = await mqttClient(url)
  const all = Array.from({ length: ROOM + 50 }, () => flood.publishAsync('flood', 'x', { qos: 1 }))
  await vi.waitFor(() => expect(batcher.hasRoom).toBe(false))
  const polite = await mqttClient(url, { will: will('state/polite') })
  const rude = await mqttClient(url, { will: will('state/rude') })
  for (const client of [polite, rude]) client.publishAsync('last words', 'x', { qos: 1 }).catch(() => {})
  await delay(50)
  // What it has not been told is stored it keeps; it says goodbye all the same.
  polite.stream.write(Buffer.from([0xe0, 0]))
  await delay(50)
  polite.stream.destroy()
  rude.stream.destroy()
  await delay(100)
  release()
  await Promise.all(all)
  await vi.waitFor(() => expect(topicsOf(carried)).toContain('state/rude'))
  expect(topicsOf(carried)).not.toContain('state/polite')
})

test('a device that is back before its old connection was missed is not reported gone', async () => {
  const { url, carried, release } = await start()
  release()
  const options = { clientId: 'gate-1', will: will('state/gate-1') }
  const old = await mqttClient(url, options)
  await mqttClient(url, options)
  await vi.waitFor(() => expect(old.connected).toBe(false))
  const stranger = await mqttClient(url, { clientId: 'gate-2', will: will('state/gate-2') })
  await mqttClient(url, { clientId: 'gate-2', will: will('state/another') })
  await vi.waitFor(() => expect(stranger.connected).toBe(false))
  await vi.waitFor(() => expect(topicsOf(carried)).toEqual(['state/gate-2']))
})

test('of one device that comes and goes while there is no room only the newest last will waits', async () => {
  const { url, batcher, carried, release } = await start()
  const flood = await mqttClient(url)
  const all = Array.from({ length: ROOM + 50 }, () => flood.publishAsync('flood', 'x', { qos: 1 }))
  await vi.waitFor(() => expect(batcher.hasRoom).toBe(false))
  for (let time = 0; time < 30; time++) {
    const device = await mqttClient(url, { clientId: 'd', will: will('state/d') })
    device.stream.destroy()
    await delay(5)
  }
  await delay(100)
  release()
  await Promise.all(all)
  await vi.waitFor(() => expect(topicsOf(carried)).toContain('state/d'))
  await delay(100)
  expect(topicsOf(carried).filter((topic) => topic === 'state/d')).toHaveLength(1)
})
