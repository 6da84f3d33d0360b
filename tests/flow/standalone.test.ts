import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { partsOf, runStandalone, type Standalone } from '../helpers/standalone.ts'

const root = mkdtempSync(join(tmpdir(), 'ioc-standalone-'))
const running: Standalone[] = []
let folders = 0

async function start(folder: string, environment: Record<string, string> = {}): Promise<Standalone> {
  const one = await runStandalone(folder, environment)
  running.push(one)
  return one
}
const newFolder = () => join(root, `${folders++}`)

afterEach(async () => {
  for (const one of running.splice(0)) {
    one.process.kill('SIGTERM')
    await one.ended
  }
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

async function eventually(what: string, check: () => Promise<boolean>, patienceMs = 30_000): Promise<void> {
  for (const until = Date.now() + patienceMs; ; ) {
    if (await check().catch(() => false)) return
    if (Date.now() > until) throw new Error(`not in time: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

const isReady = async (url: string) => (await fetch(`${url}/readyz`)).ok

test('one command brings up a living province, says it is simulated, and Ctrl-C ends it in ten seconds', async () => {
  const one = await start(newFolder())
  await one.ready
  expect(one.words()).toContain(`${one.httpUrl}/wall`)
  expect(one.words()).toContain('DỮ LIỆU MÔ PHỎNG')
  expect((await fetch(`${one.httpUrl}/wall`)).status).toBe(200)
  await eventually('rolls have become an indicator', async () => {
    const reply = (await (await fetch(`${one.httpUrl}/api/v1/indicators?area=40`)).json()) as {
      values: { indicator: string; value: number | null }[]
    }
    return reply.values.some((value) => value.indicator === 'roll-completeness' && (value.value ?? 0) > 0)
  })
  // The key of event ids was made: terminals may push.
  const options = await fetch(`${one.ingestUrl}/iclock/cdata?SN=T-1&options=all`)
  expect([options.status, await options.text()]).toEqual([200, expect.stringContaining('Realtime=1')])
  const status = (await (await fetch(`${one.httpUrl}/api/v1/status`)).json()) as {
    simulated: { schools: number }
  }
  expect(status.simulated.schools).toBe(40)
  const since = Date.now()
  one.process.kill('SIGINT')
  expect(await one.ended).toBe(0)
  expect(Date.now() - since).toBeLessThan(10_000)
})

test('every part that is killed comes back by itself while the others go on', async () => {
  const one = await start(newFolder())
  await one.ready
  const before = partsOf(one)
  expect(Object.keys(before).sort()).toEqual(['embedded', 'ingest', 'server', 'simulator'])
  for (const name of ['server', 'simulator', 'ingest', 'embedded']) {
    process.kill(before[name]!, 'SIGKILL')
    await eventually(`${name} is back`, async () => {
      const now = partsOf(one)[name]
      return (
        now !== undefined &&
        now !== before[name] &&
        (await isReady(one.httpUrl)) &&
        (await isReady(one.ingestUrl))
      )
    })
  }
  expect(one.process.exitCode).toBeNull()
})

test('after kill -9 of everything the next start takes over and nothing stored is lost', async () => {
  const folder = newFolder()
  const first = await start(folder)
  await first.ready
  const stored = async (one: Standalone) => {
    const metrics = await (await fetch(`${one.ingestUrl}/metrics`)).text()
    return Number(/^ioc_ingest_stored_total\{[^}]*kind="attendance"[^}]*\} (\d+)/m.exec(metrics)?.[1] ?? 0)
  }
  await eventually('rolls are stored', async () => (await stored(first)) > 50)
  const acknowledged = await stored(first)
  for (const pid of Object.values(partsOf(first))) process.kill(pid, 'SIGKILL')
  first.process.kill('SIGKILL')
  await first.ended
  const second = await start(folder)
  await second.ready
  const { default: pg } = await import('pg')
  const client = new pg.Client(second.databaseUrl)
  await client.connect()
  const { rows } = await client.query<{ n: number; keys: number }>(
    `select count(*)::int as n, count(distinct (school_id, day, session, class, revision))::int as keys from roll`,
  )
  await client.end()
  expect(rows[0]!.n).toBeGreaterThanOrEqual(acknowledged)
  expect(rows[0]!.keys).toBe(rows[0]!.n)
})

describe('what stands in the way is said in one sentence, with an exit code', () => {
  test('a second copy on the same folder', async () => {
    const folder = newFolder()
    const one = await start(folder)
    await one.ready
    const two = await start(folder)
    expect(await two.ended).toBe(75)
    expect(two.words()).toMatch(/Another copy \(process \d+\) is running on/)
    expect(one.process.exitCode).toBeNull()
  })

  test.each(['PORT', 'MQTT_PORT', 'INGEST_PORT', 'EMBEDDED_DB_PORT'])('a taken %s', async (setting) => {
    const blocker = net.createServer()
    const port = await new Promise<number>((resolve) =>
      blocker.listen(0, '127.0.0.1', () => resolve((blocker.address() as net.AddressInfo).port)),
    )
    const one = await start(newFolder(), { [setting]: `${port}`, DEMO: '0' })
    expect(await one.ended).toBe(69)
    expect(one.words()).toContain(`Port ${port} on 127.0.0.1 is taken`)
    expect(one.words()).toContain(setting)
    blocker.close()
  })

  test('a DATA_DIR that cannot be written', async () => {
    mkdirSync(root, { recursive: true })
    const file = join(root, 'a-file')
    writeFileSync(file, '')
    const one = await start(join(file, 'inside'))
    expect(await one.ended).toBe(73)
    expect(one.words()).toContain('cannot be written')
  })

  test('a setting that makes no sense', async () => {
    const one = await start(newFolder(), { DEMO: 'perhaps' })
    expect(await one.ended).toBe(64)
    expect(one.words()).toContain('DEMO="perhaps"')
  })

  test('a database that does not answer', async () => {
    const one = await start(newFolder(), { DATABASE_URL: 'postgres://ioc:geheim@127.0.0.1:9/ioc' })
    expect(await one.ended).toBe(69)
    expect(one.words()).toContain('127.0.0.1:9/ioc')
    expect(one.words()).not.toContain('geheim')
  })

  test('DEMO=0 on a folder that holds simulated schools', async () => {
    const folder = newFolder()
    const one = await start(folder)
    await one.ready
    one.process.kill('SIGTERM')
    expect(await one.ended).toBe(0)
    const two = await start(folder, { DEMO: '0' })
    expect(await two.ended).toBe(78)
    expect(two.words()).toContain('40 simulated schools')
  })
})
