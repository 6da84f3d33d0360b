import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { mqttClient } from '../clients.ts'
import { startIngest } from '../harness.ts'
import { findProgram, type Mosquitto, type Place, startMosquitto } from '../mosquitto.ts'
import { readied } from '../readiness.ts'
import { startCare } from './care-harness.ts'

const program = findProgram('mosquitto')

describe.skipIf(!program)('care for a Mosquitto', () => {
  let db: TestDatabase
  beforeAll(async () => {
    db = await createTestDatabase()
  })
  afterAll(() => db.drop())

  async function start(configure: (place: Place) => string[]): Promise<Mosquitto> {
    const mosquitto = await startMosquitto(program!, (place) =>
      [`listener ${place.port} 127.0.0.1`, 'user root', ...configure(place)].join('\n'),
    )
    onTestFinished(() => mosquitto.remove())
    return mosquitto
  }
  const once = { probeEveryMs: 3_600_000 }

  test('as it comes, it is found wanting within a minute: by name of the setting, ready all the same', async () => {
    const mosquitto = await start(() => ['allow_anonymous true'])
    const since = Date.now()
    const ingest = await startIngest({
      databaseUrl: db.url,
      settings: { MQTT_URL: mosquitto.url, MQTT_CLIENT_ID: 'default' },
    })
    onTestFinished(() => ingest.stop())
    const alarms = async () =>
      (await readied(ingest.httpUrl)).findings.filter(({ severity }) => severity !== 'info')
    await vi.waitFor(async () => expect(await alarms()).toHaveLength(1), { timeout: 60_000, interval: 200 })
    expect(Date.now() - since).toBeLessThan(60_000)
    expect((await alarms())[0]).toMatchObject({
      code: 'queue-small',
      severity: 'critical',
      setting: 'max_queued_messages',
      vi: expect.stringContaining('chỉ giữ 1000 trong 1200 tin'),
      en: expect.stringMatching(/keeps only 1000 of 1200 messages .* set max_queued_messages 1000000/),
    })
    expect((await readied(ingest.httpUrl)).status).toBe(200)
    expect((await ingest.metrics()).sample('ioc_ingest_broker_finding{code="queue-small"}')).toBe(1)
    expect((await ingest.metrics()).sample('ioc_ingest_broker_finding{code="session-lost"}')).toBe(0)

    // Without persistence a start anew forgets the session.
    await mosquitto.kill()
    await mosquitto.start()
    await vi.waitFor(
      async () => expect((await alarms()).map(({ code }) => code)).toContain('session-lost'),
      20_000,
    )
    const lost = (await alarms()).find(({ code }) => code === 'session-lost')!
    expect(lost).toMatchObject({ setting: 'persistence', en: expect.stringContaining('persistence true') })
  })

  test('its own lossy probe is not taken for messages dropped', async () => {
    const mosquitto = await start(() => ['allow_anonymous true', 'sys_interval 1'])
    const { codes } = await startCare({
      database: db.database,
      url: mosquitto.url,
      owner: 'own',
      pace: { everyMs: 2_500, ...once },
    })
    await vi.waitFor(() => expect(codes()).toContain('queue-small'), 15_000)
    await delay(8_000)
    expect(codes()).toEqual(['queue-small'])
  })

  test('messages dropped are found: those of the last minute, and those from while nobody watched', async () => {
    const mosquitto = await start(() => [
      'allow_anonymous true',
      'sys_interval 1',
      'max_queued_messages 1300',
    ])
    const pace = { everyMs: 500, ...once }
    const care = () => startCare({ database: db.database, url: mosquitto.url, owner: 'drops', pace })
    const away = await connectAsync(mosquitto.url, { clientId: 'a dashboard', clean: false })
    await away.subscribeAsync('x/#', { qos: 1 })
    await away.endAsync()
    const publisher = await mqttClient(mosquitto.url)
    const publish = (count: number) =>
      Promise.all(Array.from({ length: count }, () => publisher.publishAsync('x/1', 'x', { qos: 1 })))

    const first = await care()
    await delay(2_000)
    expect(first.codes()).toEqual([])
    await publish(1_350)
    await vi.waitFor(() => expect(first.codes()).toEqual(['messages-dropped']), 10_000)
    expect(first.care.findings()[0]!.en).toContain('dropped 50 messages')
    await first.stop()
    await publish(30)
    await delay(1_500)
    const second = await care()
    await vi.waitFor(() => expect(second.care.findings()[0]?.en).toContain('dropped 30 messages'), 10_000)
  })

  test('without the rights to look it says so, and raises no alarm', async () => {
    const mosquitto = await start(({ folder }) => {
      writeFileSync(join(folder, 'acl'), 'topic readwrite ioc/v1/#\n')
      return ['allow_anonymous true', `acl_file ${folder}/acl`]
    })
    const { care } = await startCare({
      database: db.database,
      url: mosquitto.url,
      owner: 'acl',
      pace: { everyMs: 3_600_000, ...once },
    })
    await vi.waitFor(() => expect(care.findings()).toHaveLength(2), 30_000)
    expect(care.findings().map(({ code, severity, setting }) => [code, severity, setting])).toEqual([
      ['probe-refused', 'info', 'acl_file'],
      ['sys-unreadable', 'info', 'acl_file'],
    ])
  })

  test('a broker mended and started anew is measured again, and the finding settles', async () => {
    const mosquitto = await start(() => ['allow_anonymous true'])
    const { codes } = await startCare({
      database: db.database,
      url: mosquitto.url,
      owner: 'mended',
      pace: { everyMs: 1_000, ...once },
    })
    await vi.waitFor(() => expect(codes()).toContain('queue-small'), 15_000)
    await mosquitto.kill()
    const file = join(mosquitto.folder, 'mosquitto.conf')
    appendFileSync(file, '\nmax_queued_messages 5000\n')
    await mosquitto.start()
    await vi.waitFor(() => expect(codes()).not.toContain('queue-small'), 20_000)
  })
})
