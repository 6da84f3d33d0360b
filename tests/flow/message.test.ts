import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'
import mqtt from 'mqtt'
import type { Browser, Page } from 'playwright-core'
import { io, type Socket } from 'socket.io-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { IndicatorValue } from '../../shared/contract/indicator.ts'
import { LIVE_PATH, LivePatch, type WatchReply } from '../../shared/contract/live.ts'
import { momentOf } from '../../shared/domain/time.ts'
import { createClock } from '../../shared/node/clock.ts'
import { launchBrowser } from '../helpers/browser.ts'
import { type Stack, startStack } from '../helpers/stack.ts'

/** One message's walk, end to end: broker -> row -> indicator -> socket patch -> the text on the wall. */
const DAY = '2026-11-23'
const setting = { real: Date.now(), shown: momentOf(DAY, '07:40'), speed: 1 }
const clock = createClock(setting)

let stack: Stack
let device: mqtt.MqttClient
let socket: Socket
let browser: Browser
let wall: Page
let schools: { code: string; classes: number }[]
const patches: LivePatch[] = []

beforeAll(async () => {
  stack = await startStack({ schools: 40, clock: setting, server: process.env['TEST_DATABASE_URL'] })
  const { rows } = await stack.database.query<{ code: string; classes: number }>(
    `select s.code, e.classes from school s join school_session e on e.school_id = s.id
     where e.session = 'morning' and e.classes > 0 order by s.id`,
  )
  schools = rows
  device = await mqtt.connectAsync(stack.mqttUrl, { clientId: 'flow', protocolVersion: 4 })
  socket = io(stack.httpUrl, { path: LIVE_PATH, transports: ['websocket'] })
  socket.on('patch', (raw: unknown) => patches.push(LivePatch.parse(raw)))
  const reply = (await socket.emitWithAck('watch', { tree: 'former-district', area: '40' })) as WatchReply
  expect(reply.ok).toBe(true)
  browser = await launchBrowser()
  wall = await browser.newPage({ viewport: { width: 1920, height: 1080 } })
  await wall.goto(`${stack.httpUrl}/wall`)
}, 180_000)

afterAll(async () => {
  await browser?.close()
  socket?.close()
  await device?.endAsync()
  await stack?.stop()
})

async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  patienceMs = 20_000,
): Promise<T> {
  for (const until = Date.now() + patienceMs; ; ) {
    const found = await Promise.resolve(look()).catch(() => undefined)
    if (found !== undefined) return found
    if (Date.now() > until) throw new Error(`not in time: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function roll(
  school: string,
  name: string,
  counts: { enrolled: number; present: number; late?: number; unexcused?: number },
) {
  const { enrolled, present, late = 0, unexcused = 0 } = counts
  const body = {
    id: `${school}-${name}`,
    date: DAY,
    session: 'morning',
    class: name,
    revision: 1,
    enrolled,
    present,
    late,
  }
  return { ...body, excused: enrolled - present - unexcused, unexcused, takenAt: Math.round(clock.now()) }
}

async function provinceValue(indicator: string): Promise<IndicatorValue | undefined> {
  const reply = await fetch(`${stack.httpUrl}/api/v1/indicators?area=40&tree=former-district`)
  const { values } = (await reply.json()) as { values: IndicatorValue[] }
  return values.find(
    (value) => value.indicator === indicator && ['morning', 'day', 'now'].includes(value.period),
  )
}

describe('a morning of rolls by a real MQTT client', () => {
  test('becomes rows, an indicator, a patch and the text on the wall', async () => {
    // More than half of the schools report, so that the province has a status and not only a number.
    for (const { code } of schools) {
      await device.publishAsync(
        `ioc/v1/${code}/attendance`,
        JSON.stringify(roll(code, '1A', { enrolled: 40, present: 38 })),
        { qos: 1 },
      )
    }
    // The acknowledgement means committed: the row is there at once.
    const { rows } = await stack.database.query<{ n: number; present: number }>(
      `select count(*) as n, sum(present) as present from roll where day = $1`,
      [DAY],
    )
    expect(rows[0]).toEqual({ n: schools.length, present: 38 * schools.length })

    const value = await eventually('the indicator', async () => {
      const found = await provinceValue('attendance-rate')
      return found?.denominator === 40 * schools.length ? found : undefined
    })
    expect(value).toMatchObject({ value: 95, status: 'warning', numerator: 38 * schools.length })

    const patch = await eventually('the patch', () =>
      patches
        .flatMap((one) => one.areas.filter((area) => area.area === '40').flatMap((area) => area.values))
        .find((one) => one.indicator === 'attendance-rate' && one.denominator === 40 * schools.length),
    )
    expect(patch.value).toBe(95)

    const tile = wall.locator('[data-indicator="attendance-rate"] .tile-value').first()
    await eventually('the wall', async () =>
      (await tile.textContent())?.includes('95,0') ? true : undefined,
    )
  })

  test('a correction replaces the roll, and both are kept', async () => {
    const { code } = schools[0]!
    const corrected = { ...roll(code, '1A', { enrolled: 40, present: 40 }), revision: 2 }
    await device.publishAsync(`ioc/v1/${code}/attendance`, JSON.stringify(corrected), { qos: 1 })
    await eventually('the corrected sum', async () =>
      (await provinceValue('attendance-rate'))?.numerator === 38 * schools.length + 2 ? true : undefined,
    )
    const { rows } = await stack.database.query(
      `select r.revision from roll r join school s on s.id = r.school_id where s.code = $1 order by 1`,
      [code],
    )
    expect(rows).toEqual([{ revision: 1 }, { revision: 2 }])
  })
})

test('telemetry is readable, value and time, a moment after its acknowledgement', async () => {
  const { rows } = await stack.database.query<{ school: string; code: string }>(
    `select s.code as school, d.code from device d join school s on s.id = d.school_id where d.kind = 'room' order by d.id limit 1`,
  )
  const { school, code } = rows[0]!
  const ts = Math.round(clock.now()) - 1_500
  await device.publishAsync(
    `ioc/v1/${school}/telemetry/${code}`,
    JSON.stringify({ ts, values: { co2: 612.5 } }),
    { qos: 1 },
  )
  const reply = await fetch(`${stack.httpUrl}/api/v1/schools/${school}/latest`)
  const { readings } = (await reply.json()) as {
    readings: { device: string; metric: string; value: number; at: string }[]
  }
  const latest = readings.find((reading) => reading.device === code && reading.metric === 'co2')
  expect(latest).toMatchObject({ value: 612.5 })
  expect(Date.parse(latest!.at)).toBe(ts)
})

test('a school that says it is closed is not absent: it leaves the count and the wall hears of it', async () => {
  const { code } = schools[1]!
  const body = { open: false, reason: 'Mưa lớn', since: Math.round(clock.now()) - 60_000 }
  await device.publishAsync(`ioc/v1/${code}/status`, JSON.stringify(body), { qos: 1, retain: true })
  const event = await eventually('the event', () =>
    patches
      .flatMap((patch) => patch.events)
      .find((one) => one.kind === 'school-closed' && one.school === code),
  )
  expect(event.simulated).toBe(true)
  await eventually('the expected schools', async () =>
    (await provinceValue('attendance-rate'))?.denominator === 40 * (schools.length - 1) ? true : undefined,
  )
})

test('what cannot be understood is kept with its bytes, its reason and the remedy', async () => {
  const { code } = schools[0]!
  await device.publishAsync(`ioc/v1/${code}/attendance`, '{"class": "1A"', { qos: 1 })
  const { rows } = await stack.database.query<{
    payload: Buffer
    reason: string
    remedy: string
    school_code: string
  }>(`select payload, reason, remedy, school_code from dead_letter l join dead_message m on m.id = l.message_id
    order by l.id desc limit 1`)
  expect(rows[0]).toMatchObject({ reason: 'not-json', school_code: code })
  expect(rows[0]!.payload.toString()).toBe('{"class": "1A"')
  expect(rows[0]!.remedy.length).toBeGreaterThan(10)
})

test('received = stored + duplicate + dead letter + in flight', async () => {
  const text = await (await fetch(`${stack.ingestUrl}/metrics`)).text()
  const sum = (name: string) =>
    [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\d+)`, 'gm'))].reduce(
      (total, match) => total + Number(match[1]),
      0,
    )
  const received = sum('ioc_ingest_received_total')
  expect(received).toBeGreaterThan(schools.length)
  expect(received).toBe(
    sum('ioc_ingest_stored_total') +
      sum('ioc_ingest_duplicate_total') +
      sum('ioc_ingest_dead_letter_total') +
      sum('ioc_ingest_in_flight'),
  )
})

const hasMosquitto = (() => {
  try {
    execFileSync('mosquitto_pub', ['--help'], { stdio: 'ignore' })
    return true
  } catch (error) {
    return (error as { code?: string }).code !== 'ENOENT'
  }
})()

test.runIf(hasMosquitto)('mosquitto_pub is a client like any other', async () => {
  const { code } = schools[2]!
  const body = JSON.stringify(roll(code, '9Z', { enrolled: 30, present: 30 }))
  const port = new URL(stack.mqttUrl).port
  const topic = `ioc/v1/${code}/attendance`
  await promisify(execFile)('mosquitto_pub', [
    '-h',
    '127.0.0.1',
    '-p',
    port,
    '-q',
    '1',
    '-t',
    topic,
    '-m',
    body,
  ])
  const { rows } = await stack.database.query(`select present from roll where class = '9Z'`)
  expect(rows).toEqual([{ present: 30 }])
})
