import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { connect } from '../../shared/db/connect.ts'
import { silentLog } from '../helpers/database.ts'
import { startGateways } from '../helpers/gateways.ts'
import { addFleet } from '../helpers/intake-stack.ts'
import { canHaveSmallDisk, onSmallDisk, SmallDisk } from '../helpers/small-disk.ts'
import { partsOf, runStandalone } from '../helpers/standalone.ts'

const root = mkdtempSync(join(tmpdir(), 'ioc-full-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const PER_SECOND = 200
const FULL = 'is full'

interface Status {
  parts: { name: string; ok: boolean; detail: string }[]
}

/** `npm start` with all it keeps, its logs too, on a disk of 256 MiB, which is filled up under load. */
describe.skipIf(!canHaveSmallDisk())('on a small disk', () => {
  test('a full disk loses nothing: it is named, the parts live on or come back, and once there is space everything is stored once', {
    timeout: 240_000,
  }, async () => {
    const folder = join(root, 'data')
    mkdirSync(folder)
    const one = await runStandalone(folder, { DEMO: '0' }, (command) => onSmallDisk(folder, 256, command))
    await one.ready
    const disk = new SmallDisk(one.process.pid!, folder)
    const database = connect({
      url: one.databaseUrl,
      program: 'tests',
      connections: 1,
      statementTimeoutMs: 30_000,
      log: silentLog,
    })
    await addFleet(database, 20, 1)
    const base = Date.now() - 3_600_000
    const fleet = await startGateways({
      url: one.mqttUrl,
      name: 'gateway',
      connections: 20,
      perSecond: PER_SECOND,
      window: 60_000,
      keepAliveSeconds: 3,
      message: (at, n) => ({
        topic: `ioc/v1/S-${at + 1}/telemetry/d-1`,
        payload: JSON.stringify({ ts: base + n, values: { co2: 500, light: 300 } }),
      }),
      stateTopic: (at) => `ioc/v1/S-${at + 1}/devices/d-1/state`,
    })
    const within = (seconds: number) => ({ timeout: seconds * 1_000, interval: 100 })
    const ready = async () =>
      (await (await fetch(`${one.ingestUrl}/readyz`)).json()) as Record<string, unknown>
    const status = async () => (await (await fetch(`${one.httpUrl}/api/v1/status`)).json()) as Status
    const partOf = async (name: string) => (await status()).parts.find((part) => part.name === name)
    await vi.waitFor(() => expect(fleet.counts().acknowledged).toBeGreaterThan(PER_SECOND), within(20))

    disk.fill()
    await vi.waitFor(async () => expect((await ready())['trouble']).toContain(FULL), within(20))
    expect(await ready()).toMatchObject({ ready: false, database: false, broker: true })
    await vi.waitFor(async () => {
      expect(await partOf('ingest')).toMatchObject({ ok: false, detail: expect.stringContaining(FULL) })
      expect(await partOf('database')).toMatchObject({ ok: false, detail: expect.stringContaining(FULL) })
    }, within(20))
    const acknowledged = fleet.counts().acknowledged

    // The database, ended while there is no space, cannot start either: it says why and is tried again.
    disk.fill()
    process.kill(partsOf(one)['embedded']!, 'SIGKILL')
    disk.fill()
    await vi.waitFor(() => expect(one.words()).toMatch(/The disk of the data folder .* is full/), within(30))
    expect(fleet.counts().acknowledged).toBe(acknowledged)

    disk.free()
    await vi.waitFor(async () => expect(await ready()).toMatchObject({ ready: true }), within(60))
    await fleet.finish(60_000)
    const { due, ...counts } = fleet.counts()
    expect(counts).toEqual({ acknowledged: due, lost: 0, unansweredPings: 0, disorder: 0 })
    const count = async (text: string) => (await database.query<{ n: number }>(text)).rows[0]!.n
    expect(await count('select count(*) as n from reading')).toBe(2 * due)
    expect(await count('select count(*) as n from device_connection where not online')).toBe(0)
    await vi.waitFor(async () => {
      for (const name of ['database', 'server']) expect(await partOf(name)).toMatchObject({ ok: true })
    }, within(20))
    // Neither ingest, nor the server, nor npm start itself ended.
    expect(one.words()).not.toMatch(/! (ingest|server): dừng/)

    await fleet.close()
    await database.end()
    one.process.kill('SIGTERM')
    expect(await one.ended).toBe(0)
  })
})
