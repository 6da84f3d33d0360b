import { join, resolve } from 'node:path'
import { calendarData } from './shared/db/reference.ts'
import { chooseDemoClock } from './shared/domain/demo-clock.ts'
import { boundedFile } from './shared/node/bounded-file.ts'
import { formatClock, isSimulated, REAL_TIME } from './shared/node/clock.ts'
import { leaveClock } from './shared/node/clock-file.ts'
import { readConfig } from './shared/node/config.ts'
import { coerceError, IocError } from './shared/node/errors.ts'
import { lockFolder } from './shared/node/folder-lock.ts'
import { Lifecycle } from './shared/node/lifecycle.ts'
import { createLog } from './shared/node/log.ts'
import { Part, PartFailed } from './shared/node/supervise.ts'
import { buildClient } from './standalone/client-build.ts'
import { rememberDemo, requireSameDemo } from './standalone/demo-memory.ts'
import { eventKey } from './standalone/event-key.ts'
import { prepareDatabase, type Stored } from './standalone/prepare-database.ts'
import { createProgress } from './standalone/progress.ts'
import { runOnce } from './standalone/run-once.ts'
import { StandaloneSettings } from './standalone/settings.ts'

/**
 * Standalone composition: the embedded database, ingest with its embedded broker, the server and the simulator,
 * each a program of its own, watched and started again when it ends by itself. The order below is the order of
 * starting; stopping goes the other way.
 */

/** After a kill -9 of the copy before, its orphaned parts need a moment to notice and end. */
const ORPHAN_PATIENCE_MS = 12_000

const log = createLog('start', 'warn')
const lifecycle = new Lifecycle(log)
const progress = createProgress((line) => console.log(line), Date.now)

async function start(): Promise<void> {
  const since = Date.now()
  const settings = readConfig(StandaloneSettings, process.env)
  const folder = resolve(settings.DATA_DIR)
  const lock = lockFolder(folder)
  lifecycle.onStop('lock', () => lock.release())
  progress.say('\nTrung tâm điều hành thông minh ngành giáo dục Nghệ An (Education IOC, Nghệ An)\n')

  const part = (name: string, module: string, environment: Record<string, string>) =>
    new Part({
      name,
      module: new URL(module, import.meta.url),
      environment: { DATA_DIR: folder, ...environment },
      output: boundedFile(join(folder, 'logs', `${name}.log`)),
      onCrash: (which, how, waitMs) =>
        progress.say(
          `  ! ${which}: dừng đột ngột (${how}), khởi động lại sau ${waitMs / 1000} s (crashed, starting again)`,
        ),
    })
  const run = async (one: Part, drainMs: number) => {
    lifecycle.onStop(one.name, () => one.stop(drainMs))
    await startPatiently(one, lock.takenOver ? ORPHAN_PATIENCE_MS : 0)
  }

  const pages = progress.step('Dựng giao diện', 'building the pages', buildClient)
  pages.catch(() => {}) // Awaited below; the parts may fail first.

  const databaseUrl =
    settings.DATABASE_URL ?? `postgres://postgres@127.0.0.1:${settings.EMBEDDED_DB_PORT}/postgres`
  if (!settings.DATABASE_URL) {
    const database = part('database', './shared/db/embedded/main.ts', {
      EMBEDDED_DB_PORT: `${settings.EMBEDDED_DB_PORT}`,
    })
    await progress.step('Cơ sở dữ liệu nhúng', 'embedded TimescaleDB', () => run(database, 2_500))
  }
  const stored = await progress.step('Lược đồ dữ liệu', 'schema', () =>
    prepareDatabase(databaseUrl, Date.now(), log),
  )
  if (settings.DEMO) await registerDemo(settings, folder, databaseUrl, stored)
  else if (stored.simulatedSchools > 0) throw new IocError('demo-data', { count: stored.simulatedSchools })

  const demo = settings.DEMO
    ? chooseDemoClock({
        now: Date.now(),
        newestStored: stored.newest,
        calendar: calendarData().map((entry) => ({ ...entry, area: null })),
        speed: settings.SIM_SPEED,
        startTime: settings.SIM_CLOCK,
      })
    : { setting: REAL_TIME, why: '' }
  leaveClock(folder, demo.setting)
  const shared = { DATABASE_URL: databaseUrl, HOST: settings.HOST, IOC_CLOCK: formatClock(demo.setting) }
  const ingest = part('ingest', './ingest/main.ts', {
    ...shared,
    MQTT_PORT: `${settings.MQTT_PORT}`,
    INGEST_PORT: `${settings.INGEST_PORT}`,
    INGEST_EVENT_KEY: settings.INGEST_EVENT_KEY ?? eventKey(folder),
    ...(settings.MQTT_URL ? { MQTT_URL: settings.MQTT_URL } : {}),
  })
  await progress.step('Thu nhận dữ liệu', 'ingest and broker', () => run(ingest, 4_000))
  const server = part('server', './server/main.ts', {
    ...shared,
    PORT: `${settings.PORT}`,
    INGEST_URL: `http://${settings.HOST}:${settings.INGEST_PORT}`,
  })
  // The server names this build to the walls, which load themselves again when it changes.
  await pages
  await progress.step('Máy chủ chỉ số', 'indicators, API, live', () => run(server, 3_000))
  if (settings.DEMO) {
    const simulator = part('simulator', './ingest/simulator/main.ts', {
      IOC_CLOCK: shared.IOC_CLOCK,
      SIM_BROKER: settings.MQTT_URL ?? `mqtt://${settings.HOST}:${settings.MQTT_PORT}`,
      SIM_SCHOOLS: `${settings.SIM_SCHOOLS}`,
      SIM_SEED: `${settings.SIM_SEED}`,
      SIM_SPEED: `${settings.SIM_SPEED}`,
    })
    await progress.step('Bộ mô phỏng', 'simulator', () => run(simulator, 2_000))
  }

  const address = `http://${settings.HOST}:${settings.PORT}`
  progress.say(`
Sẵn sàng sau ${((Date.now() - since) / 1000).toFixed(1).replace('.', ',')} s (ready)
  Màn hình điều hành (wall)   ${address}/wall
  Trang chủ (start page)      ${address}/
  Tài liệu API (API docs)     ${address}/api/docs
  MQTT                        ${settings.MQTT_URL ?? `mqtt://${settings.HOST}:${settings.MQTT_PORT}`}
  Nhật ký (logs)              ${join(folder, 'logs')}
${settings.DEMO ? `\n  DỮ LIỆU MÔ PHỎNG (simulated data). ${demo.why}\n` : ''}${isSimulated(demo.setting) ? '  Đồng hồ mô phỏng (simulated clock): giờ trên màn hình không phải giờ thực.\n' : ''}
Ctrl-C để dừng (to stop).
`)
}

/** Registers the simulated schools by the same import that real ones come by; nothing to do when they are there. */
async function registerDemo(
  settings: StandaloneSettings,
  folder: string,
  databaseUrl: string,
  stored: Stored,
): Promise<void> {
  if (stored.simulatedSchools === 0 && stored.realSchools > 0)
    throw new IocError('real-data', { count: stored.realSchools })
  const out = join(folder, 'demo')
  if (stored.simulatedDevices > 0) return requireSameDemo(out, settings, stored)
  const environment = { DATABASE_URL: databaseUrl }
  await progress.step('Đăng ký các trường mô phỏng', 'registering the simulated schools', async () => {
    const size = ['--schools', `${settings.SIM_SCHOOLS}`, '--seed', `${settings.SIM_SEED}`]
    await runOnce('ingest/simulator/province-csv-main.ts', [...size, '--out', out], {})
    await runOnce(
      'server/registry/import-schools-main.ts',
      [join(out, 'schools.csv'), '--simulated'],
      environment,
    )
    await runOnce(
      'server/registry/import-devices-main.ts',
      [join(out, 'devices.csv'), '--simulated'],
      environment,
    )
    rememberDemo(out, settings)
  })
}

/** A folder or port still held by parts of a copy that was killed comes free by itself. */
async function startPatiently(part: Part, patienceMs: number): Promise<void> {
  const until = Date.now() + patienceMs
  for (;;) {
    try {
      return await part.start()
    } catch (error) {
      const passing = error instanceof PartFailed && ['already-running', 'port-taken'].includes(error.code)
      if (!passing || Date.now() > until) throw error
      await new Promise((again) => setTimeout(again, 500))
    }
  }
}

async function end(code: number): Promise<void> {
  setTimeout(() => process.exit(code || 1), 9_500).unref()
  await lifecycle.stop()
  process.exit(code)
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (lifecycle.stopping) return
    progress.say('\nĐang dừng, ghi nốt dữ liệu đã nhận (stopping, draining) …')
    void end(0)
  })
}

start().catch((thrown: unknown) => {
  const error = coerceError(thrown)
  const exit = error instanceof IocError || error instanceof PartFailed ? error.exit : 70
  console.error(`\n  ✗ ${error.message}\n`)
  void end(exit)
})
