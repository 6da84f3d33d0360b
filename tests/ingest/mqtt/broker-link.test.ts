import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { BrokerLink } from '../../../ingest/mqtt/broker-link.ts'
import { findProgram, startMosquitto } from '../mosquitto.ts'

const program = findProgram('mosquitto')
const CONNECTIONS = 50

describe.skipIf(!program)('a Mosquitto that was away', () => {
  test('is found again by all of fifty connections, which do not come at the same moment', async () => {
    const mosquitto = await startMosquitto(program!)
    onTestFinished(() => mosquitto.remove())
    const opened = new Map<number, number>()
    const links = Array.from(
      { length: CONNECTIONS },
      (_, at) =>
        new BrokerLink({
          connection: {
            url: mosquitto.url,
            ...{ username: undefined, password: undefined, clientId: `link-${at}`, clean: true },
            tlsFiles: { ca: undefined, cert: undefined, key: undefined },
            ...{ receiveMaximum: 10, keepAliveSeconds: 30, sessionExpirySeconds: 0 },
          },
          mayConnect: () => true,
          onOpened: () => opened.set(at, performance.now()),
          onPacket: () => {},
          onLost: () => opened.delete(at),
        }),
    )
    onTestFinished(() => {
      for (const link of links) link.stop('test ended')
    })
    for (const link of links) link.start()
    await vi.waitFor(() => expect(opened.size).toBe(CONNECTIONS), 10_000)
    await mosquitto.crash()
    await vi.waitFor(() => expect(opened.size).toBe(0), 5_000)
    await delay(3_000)
    await mosquitto.start()
    await vi.waitFor(() => expect(opened.size).toBe(CONNECTIONS), 20_000)
    const times = [...opened.values()].sort((a, b) => a - b)
    const busiest = Math.max(
      ...times.map((from) => times.filter((at) => at >= from && at < from + 250).length),
    )
    expect(busiest).toBeLessThanOrEqual(CONNECTIONS / 2)
  })
})
