import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { openConnection } from '../../../ingest/mqtt/connection.ts'
import { failureOf } from '../../../ingest/mqtt/failure.ts'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { createAuthority } from '../certificates.ts'
import { startIngest } from '../harness.ts'
import { findProgram, type Mosquitto, startMosquitto } from '../mosquitto.ts'
import { type Readied, readied } from '../readiness.ts'

const program = findProgram('mosquitto')
const authority = createAuthority('Sở GD&ĐT')
const stranger = createAuthority('Ai đó')
const ours = authority.issue({ name: 'ioc-ingest' })

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())

/** A Mosquitto with one TLS listener; `more` are further lines of its configuration. */
async function startSecured(server: { cert: string; key: string }, more: string[] = []): Promise<Mosquitto> {
  const mosquitto = await startMosquitto(program!, ({ port, folder }) => {
    writeFileSync(join(folder, 'server.crt'), server.cert)
    writeFileSync(join(folder, 'server.key'), server.key)
    writeFileSync(join(folder, 'ca.crt'), authority.cert)
    writeFileSync(join(folder, 'stranger.crt'), stranger.cert)
    writeFileSync(join(folder, 'own.crt'), ours.cert)
    writeFileSync(join(folder, 'own.key'), ours.key)
    return [
      `listener ${port} 127.0.0.1`,
      `cafile ${folder}/ca.crt`,
      `certfile ${folder}/server.crt`,
      `keyfile ${folder}/server.key`,
      'allow_anonymous true',
      'user root',
      ...more,
    ].join('\n')
  })
  onTestFinished(() => mosquitto.remove())
  return mosquitto
}

interface Started {
  ready(): Promise<Readied>
  logged: { level: number; msg: string; code?: string }[]
}

let clientId = 0
/** Settings are files of the broker's folder. */
async function start(
  mosquitto: Mosquitto,
  settings: Record<string, string>,
  scheme = 'mqtts',
): Promise<Started> {
  const logged: Started['logged'] = []
  const log = pino({ level: 'info' }, { write: (line: string) => logged.push(JSON.parse(line)) })
  const files = Object.entries(settings).map(([name, file]) => [name, join(mosquitto.folder, file)])
  clientId += 1
  const ingest = await startIngest({
    databaseUrl: db.url,
    log,
    settings: {
      MQTT_URL: `${scheme}://127.0.0.1:${mosquitto.port}`,
      MQTT_CLIENT_ID: `tls-${clientId}`,
      ...Object.fromEntries(files),
    },
  })
  onTestFinished(() => ingest.stop())
  return { ready: () => readied(ingest.httpUrl), logged }
}

const server = authority.issue({ name: 'broker', addresses: ['127.0.0.1'] })

describe.skipIf(!program)('towards a Mosquitto with TLS', () => {
  test('a certificate of the named authority is trusted, and messages can come', async () => {
    const { ready } = await start(await startSecured(server), { MQTT_CA_FILE: 'ca.crt' })
    await vi.waitFor(async () => expect(await ready()).toMatchObject({ status: 200, broker: true }), 10_000)
  })

  test('a broker that asks for our certificate gets it', async () => {
    const mosquitto = await startSecured(server, ['require_certificate true'])
    const { ready } = await start(mosquitto, {
      MQTT_CA_FILE: 'ca.crt',
      MQTT_CERT_FILE: 'own.crt',
      MQTT_KEY_FILE: 'own.key',
    })
    await vi.waitFor(async () => expect((await ready()).broker).toBe(true), 10_000)
  })

  const expired = authority.issue({
    name: 'broker',
    addresses: ['127.0.0.1'],
    notAfter: new Date(Date.now() - 86_400_000),
  })
  const elsewhere = authority.issue({ name: 'broker', addresses: ['10.9.8.7'] })
  const trust = { MQTT_CA_FILE: 'ca.crt' }
  test.each([
    ['of an authority nobody named', server, [], {}, 'mqtts', 'certificate-untrusted', 'MQTT_CA_FILE'],
    [
      'of another authority',
      server,
      [],
      { MQTT_CA_FILE: 'stranger.crt' },
      'mqtts',
      'certificate-untrusted',
      'MQTT_CA_FILE',
    ],
    ['that has run out', expired, [], trust, 'mqtts', 'certificate-expired', 'certfile'],
    ['for another machine', elsewhere, [], trust, 'mqtts', 'certificate-name', 'MQTT_URL'],
    [
      'asked of us and missing',
      server,
      ['require_certificate true'],
      trust,
      'mqtts',
      'certificate-refused',
      'MQTT_CERT_FILE, MQTT_KEY_FILE',
    ],
  ])(
    'a certificate %s is one sentence, in the log and in readiness',
    async (_which, cert, more, settings, scheme, code, setting) => {
      const mosquitto = await startSecured(cert, more)
      const { ready, logged } = await start(mosquitto, settings, scheme)
      await vi.waitFor(async () => expect((await ready()).findings).toHaveLength(1), 10_000)
      const { status, broker, findings } = await ready()
      expect({ status, broker, findings }).toMatchObject({
        status: 503,
        broker: false,
        findings: [{ code, setting, severity: 'critical' }],
      })
      // Several attempts later it has been said once.
      await delay(1_500)
      const said = logged.filter((line) => line.level >= 40)
      expect(said.map((line) => [line.code, line.msg])).toEqual([[code, findings[0]!.en]])
    },
  )

  test('TLS spoken to its plain port says what is missing', async () => {
    const plain = await startMosquitto(program!)
    onTestFinished(() => plain.remove())
    const { ready } = await start(plain, {})
    const sentence = expect.stringMatching(
      /the TLS handshake is cut off.* is this its TLS port\?.* correct MQTT_URL/,
    )
    await vi.waitFor(
      async () =>
        expect((await ready()).findings).toMatchObject([{ code: 'broker-unreachable', en: sentence }]),
      10_000,
    )
  })

  test('a certificate renewed in its place is used without a new start', async () => {
    const mosquitto = await startSecured(server)
    writeFileSync(join(mosquitto.folder, 'trusted.crt'), stranger.cert)
    const { ready } = await start(mosquitto, { MQTT_CA_FILE: 'trusted.crt' })
    await vi.waitFor(async () => expect((await ready()).findings).toHaveLength(1), 10_000)
    writeFileSync(join(mosquitto.folder, 'trusted.crt'), authority.cert)
    await vi.waitFor(async () => expect((await ready()).broker).toBe(true), 20_000)
    await vi.waitFor(async () =>
      expect((await ready()).findings.map(({ code }) => code)).not.toContain('certificate-untrusted'),
    )
  })
})

test('a port that answers in another tongue than TLS is told as such', async () => {
  const server = net
    .createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    .listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as net.AddressInfo
  const opening = openConnection(
    {
      url: `mqtts://127.0.0.1:${port}`,
      ...{ username: undefined, password: undefined, clientId: 'x', version: 5, clean: true },
      tlsFiles: { ca: undefined, cert: undefined, key: undefined },
      ...{ receiveMaximum: 1, keepAliveSeconds: 30, sessionExpirySeconds: 0 },
    },
    { onPacket: () => {}, onClosed: () => {} },
  )
  const failure = await opening.catch((error: unknown) => failureOf(error, 'b:8883'))
  expect(failure).toMatchObject({ code: 'broker-not-tls', params: { broker: 'b:8883' } })
})

test.each([
  ['MQTT_CA_FILE', 'missing.crt', {}, /MQTT_CA_FILE .*missing\.crt: ENOENT/],
  ['MQTT_CA_FILE', 'not-pem.crt', {}, /MQTT_CA_FILE .*not-pem\.crt: is no certificate in PEM form/],
  [
    'MQTT_KEY_FILE',
    'other.key',
    { MQTT_CERT_FILE: 'own.crt' },
    /MQTT_KEY_FILE .*other\.key: is not the key of .*own\.crt/,
  ],
])('a start with a wrong %s (%s) is refused by name', async (setting, file, others, sentence) => {
  const folder = mkdtempSync(join(tmpdir(), 'ioc-tls-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'not-pem.crt'), 'hello')
  writeFileSync(join(folder, 'own.crt'), ours.cert)
  writeFileSync(join(folder, 'other.key'), stranger.key)
  const named = Object.entries({ [setting]: file, ...others }).map(([name, which]) => [
    name,
    join(folder, which),
  ])
  const files: Record<string, string> = Object.fromEntries(named)
  const starting = startIngest({
    databaseUrl: db.url,
    settings: { MQTT_URL: 'mqtts://127.0.0.1:1', ...files },
  })
  await expect(starting).rejects.toMatchObject({
    code: 'bad-setting',
    message: expect.stringMatching(sentence),
  })
})
