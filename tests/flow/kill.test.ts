import { io } from 'socket.io-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LIVE_PATH, LiveBeat, type WatchReply } from '../../shared/contract/live.ts'
import { momentOf } from '../../shared/domain/time.ts'
import { createClock } from '../../shared/node/clock.ts'
import type { Part } from '../../shared/node/supervise.ts'
import { type Stack, startStack } from '../helpers/stack.ts'
import { type Fleet, startTrackedLoad, type TrackedLoad } from '../helpers/tracked-load.ts'

/** kill -9 of each part under load, ten rounds each: what was acknowledged is stored, once; a wall comes back by itself. */
const ROUNDS = 10
const MESSAGES_PER_SECOND = 300
const setting = { real: Date.now(), shown: momentOf('2026-11-23', '08:10'), speed: 1 }

let stack: Stack
let load: TrackedLoad
const beats: LiveBeat[] = []
const wall = () =>
  io(stack.httpUrl, { path: LIVE_PATH, transports: ['websocket'], reconnectionDelayMax: 1_000 })
let socket: ReturnType<typeof wall>

beforeAll(async () => {
  stack = await startStack({ schools: 20, clock: setting, server: process.env['TEST_DATABASE_URL'] })
  const { rows } = await stack.database.query<{ school: string; devices: string[] }>(
    'select s.code as school, array_agg(d.code) as devices from school s join device d on d.school_id = s.id group by 1',
  )
  load = await startTrackedLoad(
    stack.mqttUrl,
    rows satisfies Fleet[],
    createClock(setting),
    MESSAGES_PER_SECOND,
  )
  socket = wall()
  socket.on('connect', () => socket.emit('watch', { tree: 'former-district', area: '40' }, () => {}))
  socket.on('beat', (raw: unknown) => beats.push(LiveBeat.parse(raw)))
}, 120_000)

afterAll(async () => {
  socket?.close()
  await stack?.stop()
})

async function eventually(
  what: string,
  check: () => Promise<boolean> | boolean,
  patienceMs = 30_000,
): Promise<void> {
  for (const until = Date.now() + patienceMs; ; ) {
    if (await Promise.resolve(check()).catch(() => false)) return
    if (Date.now() > until) throw new Error(`not in time: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function killAndRecover(part: Part): Promise<void> {
  const before = part.pid!
  const acknowledged = load.acknowledgedReadings.size
  process.kill(before, 'SIGKILL')
  await eventually(`${part.name} is started again`, () => part.pid !== before)
  await eventually(
    'messages are acknowledged again',
    () => load.acknowledgedReadings.size > acknowledged + 100,
  )
  const beatsBefore = beats.length
  await eventually('the wall hears from the server again', () => beats.length > beatsBefore)
}

const parts = () => [
  ...(stack.parts.database ? [['the embedded database', stack.parts.database] as const] : []),
  ['ingest', stack.parts.ingest] as const,
  ['the server', stack.parts.server] as const,
]

describe('under load', () => {
  test(`${ROUNDS} times kill -9 of database, ingest and server in turn`, { timeout: 900_000 }, async () => {
    for (let round = 0; round < ROUNDS; round++) for (const [, part] of parts()) await killAndRecover(part)
    expect(stack.crashes).toHaveLength(ROUNDS * parts().length)
  })

  test('then everything acknowledged is stored, and nothing twice', { timeout: 120_000 }, async () => {
    await load.stop()
    expect(load.acknowledgedReadings.size).toBeGreaterThan(1_000)
    const readings = await stack.database.query<{ key: string; n: number }>(
      `select s.code || '/' || d.code || '/' || (extract(epoch from r.ts) * 1000)::bigint as key, count(*) as n
       from reading r join device d on d.id = r.device_id join school s on s.id = d.school_id group by 1`,
    )
    const stored = new Map(readings.rows.map((row) => [row.key, row.n]))
    expect([...load.acknowledgedReadings].filter((key) => !stored.has(key))).toEqual([])
    expect(readings.rows.filter((row) => row.n !== 1)).toEqual([])
    const rolls = await stack.database.query<{ key: string; n: number }>(
      `select s.code || '/' || r.class as key, count(*) as n from roll r join school s on s.id = r.school_id group by 1`,
    )
    const taken = new Map(rolls.rows.map((row) => [row.key, row.n]))
    expect([...load.acknowledgedRolls].filter((key) => !taken.has(key))).toEqual([])
    expect(rolls.rows.filter((row) => row.n !== 1)).toEqual([])
  })

  test('and the indicators agree with the raw rows, as the wall sees them', {
    timeout: 120_000,
  }, async () => {
    const { rows } = await stack.database.query<{ present: number; enrolled: number }>(
      'select sum(present) as present, sum(enrolled) as enrolled from roll_current where consistent',
    )
    await eventually('the snapshot shows every roll', async () => {
      const reply = (await socket
        .timeout(5_000)
        .emitWithAck('watch', { tree: 'former-district', area: '40' })) as WatchReply
      if (!reply.ok) return false
      const values = reply.snapshot.areas.find((area) => area.area === '40')?.values ?? []
      const rate = values.find((value) => value.indicator === 'attendance-rate' && value.period === 'morning')
      return rate?.numerator === rows[0]!.present && rate.denominator === rows[0]!.enrolled
    })
  })
})
