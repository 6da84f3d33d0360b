import { type ChildProcess, execFile, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { dayOf } from '../../../shared/domain/time.ts'
import { formatClock } from '../../../shared/node/clock.ts'
import { startBroker, type TestBroker, until } from './broker.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const MONDAY_0900 = Date.parse('2026-11-23T09:00:00+07:00')

let broker: TestBroker
let folder: string
let simulator: ChildProcess | undefined
beforeEach(async () => {
  broker = await startBroker()
  folder = mkdtempSync(join(tmpdir(), 'ioc-simulator-'))
})
afterEach(async () => {
  simulator?.kill('SIGKILL')
  await broker.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Ended {
  code: number
  stdout: string
  stderr: string
}

function scenario(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { ...process.env, DATA_DIR: folder }
    const argv = ['--import', 'tsx', 'ingest/simulator/scenario-main.ts', '--', ...args]
    const child = execFile(process.execPath, argv, { cwd: ROOT, env }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr })
    })
  })
}

/** Starts the simulator the way the standalone start does, and waits until it says it is ready. */
async function startSimulator(environment: Record<string, string> = {}): Promise<ChildProcess> {
  const env = {
    ...process.env,
    SIM_BROKER: broker.url,
    SIM_SCHOOLS: '20',
    DATA_DIR: folder,
    LOG_LEVEL: 'silent',
    IOC_CLOCK: formatClock({ real: Date.now(), shown: MONDAY_0900, speed: 1 }),
    ...environment,
  }
  const child = fork(join(ROOT, 'ingest/simulator/main.ts'), {
    env,
    execArgv: ['--import', 'tsx'],
    stdio: 'pipe',
  })
  simulator = child
  await new Promise<void>((resolve, reject) => {
    child.once('message', (message: { ready?: boolean; failed?: { message: string } }) =>
      message.ready ? resolve() : reject(new Error(message.failed?.message)),
    )
    child.once('exit', (code) => reject(new Error(`ended with ${code}`)))
  })
  return child
}

const statuses = () =>
  broker.received.filter(({ topic }) => topic.endsWith('/status')).map(({ payload }) => payload)

test('the program plays on the clock it is given, takes a scenario, and ends on SIGTERM with code 0', async () => {
  const child = await startSimulator()
  await until(() => statuses().length === 20)
  expect(statuses().map((payload) => dayOf((JSON.parse(payload) as { since: number }).since))).toEqual(
    new Array(20).fill('2026-11-23'),
  )
  const ended = await scenario('storm', '--area', '40', '--minutes', '20')
  expect(ended).toMatchObject({ code: 0, stderr: '' })
  expect(ended.stdout).toContain('storm: schools close')
  expect(ended.stdout).toContain('in Tỉnh Nghệ An, until 09:20')
  await until(
    () => statuses().some((payload) => payload.includes('"open":false') && payload.includes('bão')),
    40_000,
  )
  const exit = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  expect(await exit).toBe(0)
})

test('without a broker it ends with one sentence for its supervisor', async () => {
  await expect(startSimulator({ SIM_BROKER: 'http://127.0.0.1' })).rejects.toThrow(
    'SIM_BROKER="http://127.0.0.1": an address that begins with mqtt://',
  )
})

test.each([
  ['an unknown scenario names those there are', ['earthquake'], 64, 'storm (schools close'],
  ['an unknown area names the areas', ['storm', '--area', '999'], 64, '412 Vinh, 413 Cửa Lò'],
  [
    'a bad duration says what it may be',
    ['storm', '--minutes', '0'],
    64,
    '--minutes is a number from 1 to 1440',
  ],
  ['no running simulator is said, and the request is taken back', ['storm'], 69, 'No simulator answers'],
])('%s', async (_, args, code, sentence) => {
  const ended = await scenario(...args)
  expect(ended.code).toBe(code)
  expect(ended.stderr).toContain(sentence)
})
