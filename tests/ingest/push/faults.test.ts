import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { expectAccounted, type IngestHarness, startIngest } from '../harness.ts'
import { addAliases, addSchools } from '../registry-fixture.ts'
import { startProxy, type TcpProxy } from '../tcp-proxy.ts'
import { CAMERA, EVENT_KEY, hanetPush, MORNING, post, postJson, record, SECRET, TERMINAL } from './pushes.ts'

let db: TestDatabase
let proxy: TcpProxy
let ingest: IngestHarness
beforeAll(async () => {
  db = await createTestDatabase()
  await addSchools(db.database)
  await addAliases(db.database, {
    [`hanet:${CAMERA}/in`]: 'TH-01/gate-1',
    [`zkteco:${TERMINAL}`]: 'TH-01/room-1',
  })
})
afterAll(() => db.drop())
beforeEach(async () => {
  await db.database.query('truncate checkin')
  proxy = await startProxy(db.url)
})
afterEach(async () => {
  await ingest.stop()
  await proxy.close()
})

const start = async (more: Record<string, string> = {}) => {
  const url = new URL(db.url)
  url.host = `127.0.0.1:${proxy.port}`
  const settings = { HANET_CLIENT_SECRET: SECRET, INGEST_EVENT_KEY: EVENT_KEY, ...more }
  ingest = await startIngest({ databaseUrl: url.href, clock: { now: () => MORNING }, settings })
}
const attlog = (body: string) =>
  post(`${ingest.httpUrl}/iclock/cdata?SN=${TERMINAL}&table=ATTLOG&Stamp=1`, body)
const hanet = (id: string) => postJson(`${ingest.httpUrl}/api/v1/push/hanet`, hanetPush({ id }))
const passages = async () => (await db.database.query('select count(*) as n from checkin')).rows[0]!['n']

test('OK comes after the commit and not before; what was under way when the database went is stored once', async () => {
  await start()
  proxy.cut()
  let answered = false
  const pushed = attlog(record('11', '2026-11-23 06:58:11')).then((answer) => {
    answered = true
    return answer
  })
  await delay(1_000)
  expect(answered).toBe(false)
  await proxy.restore()
  expect((await pushed).text).toBe('OK: 1')
  expect(await passages()).toBe(1)
})

test('while the database is away pushes are refused at once, so that they are sent again; then they are stored once', async () => {
  await start()
  proxy.cut()
  const first = attlog(record('11', '2026-11-23 06:58:11'))
  await vi.waitFor(async () => expect((await fetch(`${ingest.httpUrl}/readyz`)).status).toBe(503), 5_000)
  const terminal = await attlog(record('12', '2026-11-23 06:58:12'))
  expect([terminal.status, terminal.headers.get('retry-after')]).toEqual([503, '5'])
  expect(terminal.text).toMatch(/^ERROR: The database cannot be reached/)
  const options = await fetch(`${ingest.httpUrl}/iclock/cdata?SN=${TERMINAL}&options=all`)
  expect([options.status, await options.text()]).toEqual([503, expect.stringMatching(/^ERROR/)])
  const camera = await hanet('a')
  expect([camera.status, camera.headers.get('retry-after'), JSON.parse(camera.text)]).toMatchObject([
    503,
    '5',
    { code: 'unavailable' },
  ])
  await proxy.restore()
  await first
  await vi.waitFor(async () => expect((await fetch(`${ingest.httpUrl}/readyz`)).status).toBe(200), 5_000)
  await attlog([record('11', '2026-11-23 06:58:11'), record('12', '2026-11-23 06:58:12')].join('\n'))
  await hanet('a')
  expect(await passages()).toBe(3)
  await expectAccounted(ingest)
})

test('with no room left they are refused with the seconds to wait, and the refusal is counted', async () => {
  await start({ IN_FLIGHT_MESSAGES: '1' })
  proxy.freezeAll()
  const held = hanet('a')
  await vi.waitFor(async () => expect((await ingest.metrics()).inFlight).toBe(1))
  for (const { status, headers, text } of [
    await hanet('b'),
    await attlog(record('11', '2026-11-23 06:58:11')),
  ]) {
    expect([status, headers.get('retry-after')]).toEqual([503, '2'])
    expect(text).toContain('cannot keep up')
  }
  expect((await ingest.metrics()).sample('ioc_ingest_refused_total{reason="busy"}')).toBe(2)
  proxy.cut()
  await proxy.restore()
  expect((await held).status).toBe(200)
})
