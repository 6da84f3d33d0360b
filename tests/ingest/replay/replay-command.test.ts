import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TelemetryBody } from '../../../shared/contract/reading.ts'
import { minuteOfDay } from '../../../shared/domain/time.ts'
import { startBroker, type TestBroker } from '../simulator/broker.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const EXPORT = fileURLToPath(new URL('./logger-export.csv', import.meta.url))

let broker: TestBroker
let folder: string
beforeEach(async () => {
  broker = await startBroker()
  folder = mkdtempSync(join(tmpdir(), 'ioc-replay-'))
})
afterEach(async () => {
  await broker.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Ended {
  code: number
  stdout: string
  stderr: string
}

function replay(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const argv = ['--import', 'tsx', 'ingest/replay/replay-main.ts', '--', ...args]
    const child = execFile(process.execPath, argv, { cwd: ROOT }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr })
    })
  })
}

const common = ['--school', 'S-1', '--device', 'LOGGER-1', '--time-column', 'date']
const map = ['--map', 'CO2=co2,Temperature=temperature,Humidity=humidity,Light=light,Occupancy=occupancy']

test('a measured series arrives whole, with its own times and values, in its order', async () => {
  const ended = await replay(EXPORT, ...common, ...map, '--speed', '0', '--broker', broker.url)
  expect(ended).toMatchObject({ code: 0, stderr: '' })
  expect(ended.stdout).toContain('30 rows: 30 sent and acknowledged, 0 skipped, 0 refused.')
  expect(broker.received).toHaveLength(30)
  const bodies = broker.received.map(({ topic, payload }) => {
    expect(topic).toBe('ioc/v1/S-1/telemetry/LOGGER-1')
    const body: unknown = JSON.parse(payload)
    expect(TelemetryBody.safeParse(body).success).toBe(true)
    return body as { ts: number; values: Record<string, number> }
  })
  expect(bodies[0]).toMatchObject({
    ts: Date.parse('2024-03-11T08:15:00+07:00'),
    values: { temperature: 22.4 },
  })
  expect(bodies[4]!.values['light']).toBe(431.333333333333)
  expect(bodies.map(({ ts }) => ts)).toEqual(bodies.map(({ ts }) => ts).sort())
})

test('moved to today it keeps its times of day and lies in the past', async () => {
  const before = Date.now()
  await replay(EXPORT, ...common, ...map, '--speed', '0', '--shift', 'today', '--broker', broker.url)
  const times = broker.received.map(({ payload }) => (JSON.parse(payload) as { ts: number }).ts)
  expect(minuteOfDay(times[0]!)).toBe(8 * 60 + 15)
  expect(times.at(-1)!).toBeLessThanOrEqual(Date.now())
  expect(times.at(-1)!).toBeGreaterThan(before - 86_400_000)
})

test('at a speed it takes the time of the series divided by the speed', async () => {
  const since = Date.now()
  await replay(EXPORT, ...common, ...map, '--speed', '1200', '--broker', broker.url)
  // 29 minutes 1,200 times as fast are 1.45 s.
  expect(Date.now() - since).toBeGreaterThan(1_400)
  expect(broker.received).toHaveLength(30)
})

test('rows that cannot be sent are reported with line and reason, and the exit code says so', async () => {
  const path = join(folder, 'gaps.csv')
  writeFileSync(
    path,
    'date,CO2\n2024-03-11 08:15:00,612\nnever,613\n2024-03-11 08:17:00,\n2024-03-11 08:18:00,x\n',
  )
  const ended = await replay(path, ...common, '--map', 'CO2=co2', '--speed', '0', '--broker', broker.url)
  expect(ended.code).toBe(65)
  expect(ended.stdout).toContain('4 rows: 1 sent and acknowledged, 3 skipped')
  expect(ended.stderr).toContain('line 3: skipped, "never" is not a time')
  expect(ended.stderr).toContain('line 4: skipped, it holds no value')
  expect(broker.received).toHaveLength(1)
})

test.each([
  ['nothing', [], 64, 'Give one file'],
  ['no school', [EXPORT, '--device', 'D', '--time-column', 'date', ...map], 64, '--school is missing'],
  [
    'an unknown metric',
    [EXPORT, ...common, '--map', 'CO2=carbon'],
    64,
    'there is no metric carbon; the metrics are co2',
  ],
  ['a bad zone', [EXPORT, ...common, ...map, '--zone', '7'], 64, '--zone 7: is written like +07:00'],
  ['a bad shift', [EXPORT, ...common, ...map, '--shift', 'now'], 64, '--shift now: is today or none'],
  ['an unknown column', [EXPORT, ...common, '--map', 'PM=pm25'], 64, 'there is no column "PM"'],
  ['no file there', ['none.csv', ...common, ...map], 66, 'none.csv cannot be read (ENOENT)'],
])('%s: one sentence and the exit code of its kind', async (_, args, code, sentence) => {
  const ended = await replay(...args)
  expect(ended.code).toBe(code)
  expect(ended.stderr).toContain(sentence)
  expect(ended.stderr).not.toContain('    at ')
})
