import net from 'node:net'
import { Aedes } from 'aedes'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readDroppedCount } from '../../../ingest/broker-care/dropped-count.ts'
import { probe } from '../../../ingest/broker-care/probe.ts'
import type { ProtocolVersion } from '../../../ingest/mqtt/connection.ts'
import { mqttClient } from '../clients.ts'
import { findProgram, startMosquitto } from '../mosquitto.ts'

const program = findProgram('mosquitto')
const addressOf = (url: string) => ({
  url,
  ...{ username: undefined, password: undefined },
  tlsFiles: { ca: undefined, cert: undefined, key: undefined },
})
const measure = (url: string, version: ProtocolVersion, receiveMaximum = 1_000) =>
  probe({ address: addressOf(url), owner: 'ioc-ingest', version, receiveMaximum })

describe.skipIf(!program)('at a Mosquitto', () => {
  async function start(...lines: string[]): Promise<string> {
    const mosquitto = await startMosquitto(program!, ({ port }) =>
      [`listener ${port} 127.0.0.1`, 'allow_anonymous true', 'user root', 'sys_interval 1', ...lines].join(
        '\n',
      ),
    )
    onTestFinished(() => mosquitto.remove())
    return mosquitto.url
  }

  test('the default queue of 1,000 is found by what comes back', async () => {
    const url = await start()
    expect(await measure(url, 5)).toEqual({ outcome: 'measured', sent: 1_200, kept: 1_000, window: 1_000 })
    await expect.poll(() => readDroppedCount(addressOf(url), 'ioc-ingest', 5), { timeout: 5_000 }).toBe(200)
  })

  test('the default window of 20 is found where the client cannot ask for another', async () => {
    expect(await measure(await start('max_queued_messages 5000'), 4)).toEqual({
      outcome: 'measured',
      sent: 1_200,
      kept: 1_200,
      window: 20,
    })
  })

  test('a probe leaves nothing behind: neither session nor message', async () => {
    const url = await start('max_queued_messages 5000', 'max_inflight_messages 1000')
    expect(await measure(url, 5)).toMatchObject({ kept: 1_200, window: 1_000 })
    const client = await mqttClient(url)
    const told = new Map<string, string>()
    client.on('message', (topic, payload) => told.set(topic, payload.toString()))
    await client.subscribeAsync('$SYS/broker/#')
    await expect.poll(() => told.get('$SYS/broker/clients/total'), { timeout: 5_000 }).toBe('1')
    expect(told.get('$SYS/broker/clients/disconnected')).toBe('0')
  })

  test('a broker that keeps no queue at all is measured, not waited for', async () => {
    expect(await measure(await start('max_queued_messages 1'), 5)).toMatchObject({ kept: 1, window: 1 })
  })
})

test('another broker, which keeps everything and has no such $SYS topic, is accused of nothing', async () => {
  const aedes = await Aedes.createBroker()
  const server = net.createServer((socket) => aedes.handle(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    await new Promise<void>((resolve) => aedes.close(() => resolve()))
    server.close()
  })
  const url = `mqtt://127.0.0.1:${(server.address() as net.AddressInfo).port}`
  expect(await measure(url, 4)).toEqual({ outcome: 'measured', sent: 1_200, kept: 1_200, window: 1_000 })
  expect(await readDroppedCount(addressOf(url), 'ioc-ingest', 4)).toBeUndefined()
})
