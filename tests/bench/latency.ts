import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import mqtt from 'mqtt'
import type { Page } from 'playwright-core'
import { momentOf } from '../../shared/domain/time.ts'
import { createClock, formatClock } from '../../shared/node/clock.ts'
import { launchBrowser } from '../helpers/browser.ts'
import { type Stack, startStack } from '../helpers/stack.ts'
import { insertDirectly } from './direct-insert.ts'
import { growthOfHalves, type MemorySample, residentMiB } from './process-memory.ts'
import type { Report } from './report.ts'
import { type Summary, summarise } from './statistics.ts'

const RATE = 1_000
const DAY = '2026-11-23'
/** Rolls of one morning of the province are spread over the run; more than this a second would be no school day. */
const MOST_ROLLS_PER_SECOND = 60
const WARM_UP_MS = 20_000

interface LoadResult {
  sent: number
  acknowledged: number
  failed: number
  waits: Summary
}

/**
 * Publish -> painted on a real page, while 1,000 telemetry messages a second of four values and a morning's rolls
 * come in; everything on this machine. Every roll raises the number of enrolled pupils the wall shows by a known
 * amount, so the page's text tells which rolls it has painted.
 */
export async function latency(options: { seconds: number | undefined }): Promise<Report> {
  const seconds = options.seconds ?? 600
  const setting = { real: Date.now(), shown: momentOf(DAY, '07:20'), speed: 1 }
  console.log(`Starting the stack with 1,517 schools …`)
  const stack = await startStack({ schools: 1517, clock: setting, environment: { LOG_LEVEL: 'warn' } })
  const browser = await launchBrowser()
  try {
    const direct = await insertDirectly(stack.database, 10)
    const page = await openWall(browser, stack)
    const devices = await telemetryDevices(stack)
    const total = seconds + WARM_UP_MS / 1000
    const load = startLoad(stack, formatClock(setting), devices, total)
    await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS))
    const memory: MemorySample[] = []
    const started = Date.now()
    const sampler = setInterval(() => memory.push(sampleMemory(stack, (Date.now() - started) / 1000)), 5_000)
    const rolls = await publishRolls(stack, createClock(setting), seconds)
    const telemetry = await load
    clearInterval(sampler)
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    const paints = await page.evaluate<{ at: number; shown: number }[]>('globalThis.paints')
    const painted = waitsUntilPainted(rolls.published, paints)
    const stored = await countStored(stack)
    return report({ seconds, telemetry, painted, rolls, stored, memory, direct })
  } finally {
    await browser.close()
    await stack.stop()
  }
}

/**
 * Runs in the page, as text: a transpiled function would ask there for helpers of its module. A frame callback runs
 * before its frame is painted, the next one after: that is the moment taken.
 */
const WATCH_PAINTS = `
  globalThis.paints = []
  let last = -1
  const look = () => {
    const text = document.querySelector('tr[data-row="enrolled"] td')?.textContent ?? ''
    const shown = Number(text.replace(/\\D/g, '') || '0')
    if (shown !== last) {
      last = shown
      requestAnimationFrame(() => globalThis.paints.push({ at: Date.now(), shown }))
    }
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
`

async function openWall(browser: Awaited<ReturnType<typeof launchBrowser>>, stack: Stack): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } })
  await page.goto(`${stack.httpUrl}/wall`)
  await page.locator('[data-indicator="attendance-rate"]').waitFor({ timeout: 60_000 })
  await page.evaluate(WATCH_PAINTS)
  return page
}

async function telemetryDevices(stack: Stack): Promise<{ school: string; device: string }[]> {
  const { rows } = await stack.database.query<{ school: string; device: string }>(
    `select s.code as school, d.code as device from device d join school s on s.id = d.school_id where d.kind = 'room' order by d.id`,
  )
  return rows
}

function startLoad(
  stack: Stack,
  clock: string,
  devices: { school: string; device: string }[],
  seconds: number,
): Promise<LoadResult> {
  const settings = { broker: stack.mqttUrl, clock, rate: RATE, seconds, connections: 20, devices }
  const child: ChildProcess = fork(
    fileURLToPath(new URL('./telemetry-load.ts', import.meta.url)),
    [JSON.stringify(settings)],
    {
      execArgv: ['--import', 'tsx'],
    },
  )
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.on('message', (message) => {
      if (typeof message === 'object' && message !== null && 'waits' in message)
        resolve(message as LoadResult)
    })
    child.once('exit', (code) => reject(new Error(`the load ended with code ${code}`)))
  })
}

interface PublishedRoll {
  at: number
  enrolledSoFar: number
}

interface RollResult {
  published: PublishedRoll[]
  acknowledgements: number[]
  failed: number
}

async function publishRolls(stack: Stack, clock: { now(): number }, seconds: number): Promise<RollResult> {
  const { rows } = await stack.database.query<{ school: string; classes: number; pupils: number }>(
    `select s.code as school, e.classes, e.pupils from school s join school_session e on e.school_id = s.id
     where e.session = 'morning' and e.classes > 0 order by s.id`,
  )
  const all = rows.flatMap(({ school, classes }) =>
    Array.from({ length: classes }, (_, n) => ({ school, name: `${n + 1}A` })),
  )
  const rate = Math.min(MOST_ROLLS_PER_SECOND, all.length / seconds)
  const client = await mqtt.connectAsync(stack.mqttUrl, { clientId: 'bench-rolls', protocolVersion: 4 })
  const result: RollResult = { published: [], acknowledgements: [], failed: 0 }
  const start = Date.now()
  let enrolledSoFar = 0
  let settled = 0
  for (let n = 0; n < all.length && Date.now() - start < seconds * 1000; ) {
    const due = ((Date.now() - start) / 1000) * rate
    for (; n < due && n < all.length; n++) {
      const { school, name } = all[n]!
      const enrolled = 30 + (n % 15)
      enrolledSoFar += enrolled
      const body = {
        id: `bench-${n}`,
        date: DAY,
        session: 'morning',
        class: name,
        revision: 1,
        enrolled,
        present: enrolled - 1,
        late: n % 3 === 0 ? 1 : 0,
        excused: 1,
        unexcused: 0,
        takenAt: Math.round(clock.now()),
      }
      const at = Date.now()
      result.published.push({ at, enrolledSoFar })
      client.publish(`ioc/v1/${school}/attendance`, JSON.stringify(body), { qos: 1 }, (error) => {
        settled++
        if (error) result.failed++
        else result.acknowledgements.push(Date.now() - at)
      })
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  for (const until = Date.now() + 30_000; settled < result.published.length && Date.now() < until; ) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  await client.endAsync()
  return result
}

/** For each roll the time until the page first showed a total that includes it. */
function waitsUntilPainted(published: PublishedRoll[], paints: { at: number; shown: number }[]): number[] {
  const waits: number[] = []
  let paint = 0
  for (const roll of published) {
    while (paint < paints.length && paints[paint]!.shown < roll.enrolledSoFar) paint++
    if (paint < paints.length) waits.push(paints[paint]!.at - roll.at)
  }
  return waits
}

function sampleMemory(stack: Stack, seconds: number): MemorySample {
  const { database, ingest, server } = stack.parts
  return {
    seconds,
    byPart: {
      database: residentMiB(database?.pid),
      ingest: residentMiB(ingest.pid),
      server: residentMiB(server.pid),
    },
  }
}

async function countStored(stack: Stack): Promise<{ readings: number; rolls: number }> {
  const { rows } = await stack.database.query<{ readings: number; rolls: number }>(
    `select (select count(*) from reading where metric_id in (1, 2, 3, 4)) as readings, (select count(*) from roll) as rolls`,
  )
  return rows[0]!
}

function report(found: {
  seconds: number
  telemetry: LoadResult
  painted: number[]
  rolls: RollResult
  stored: { readings: number; rolls: number }
  memory: MemorySample[]
  direct: Summary
}): Report {
  const { telemetry, rolls, stored, memory } = found
  const paintedCount = found.painted.length
  const painted = summarise(found.painted)
  const committedRolls = summarise(rolls.acknowledgements)
  const ms = (value: number) => Math.round(value)
  const row = (what: string, one: Summary) => [
    what,
    one.samples,
    ms(one.p50),
    ms(one.p95),
    ms(one.p99),
    ms(one.worst),
  ]
  const growth = ['database', 'ingest', 'server'].map((part) => ({ part, ...growthOfHalves(memory, part) }))
  const lost = telemetry.sent * 4 - stored.readings + (rolls.published.length - stored.rolls)
  return {
    name: 'latency',
    title: 'publish to painted',
    what: `${RATE} telemetry messages/s of 4 values on 20 connections and ${rolls.published.length} rolls over ${found.seconds} s, QoS 1, 1,517 schools, embedded database and broker, one wall in Chromium: \`npm run bench -- latency\`. Milliseconds. Committed is the device's own acknowledgement; the direct alternative is one row per statement from one program on the idle database, seen by nobody.`,
    columns: ['what', 'samples', 'p50', 'p95', 'p99', 'worst'],
    rows: [
      row('roll: publish -> painted', painted),
      row('roll: publish -> committed', committedRolls),
      row('telemetry: publish -> committed', telemetry.waits),
      row('direct alternative: insert of one row', found.direct),
      ...growth.map(({ part, first, second }) => [
        `memory of ${part}, MiB, median of first and second half`,
        memory.length,
        Math.round(first),
        Math.round(second),
        '',
        '',
      ]),
    ],
    goals: [
      { goal: 'publish -> painted p50 under 400 ms', found: `${ms(painted.p50)} ms`, met: painted.p50 < 400 },
      { goal: 'publish -> painted p99 under 1 s', found: `${ms(painted.p99)} ms`, met: painted.p99 < 1_000 },
      {
        goal: 'every roll painted',
        found: `${paintedCount} of ${rolls.published.length}`,
        met: paintedCount === rolls.published.length,
      },
      {
        goal: 'nothing lost: every acknowledged value and roll is stored once',
        found: `${lost} missing, ${telemetry.failed + rolls.failed} refused`,
        met: lost === 0 && telemetry.failed + rolls.failed === 0,
      },
      ...growth.map(({ part, first, second }) => ({
        goal: `memory of ${part} steady (second half within 10 % or 20 MiB of the first)`,
        found: `${Math.round(first)} -> ${Math.round(second)} MiB`,
        met: second <= Math.max(first * 1.1, first + 20),
      })),
    ],
  }
}
