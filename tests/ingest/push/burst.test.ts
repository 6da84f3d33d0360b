import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { expectAccounted, type IngestHarness, startIngest } from '../harness.ts'
import { CAMERA, EVENT_KEY, hanetPush, MORNING, post, postJson, record, SECRET, TERMINAL } from './pushes.ts'

/** A school with its pupils at the gate in a few minutes: half with cameras, half with terminals. */
const SCHOOLS = 8
const PUPILS = 600
const AT_ONCE = 40

let db: TestDatabase
let ingest: IngestHarness
beforeAll(async () => {
  db = await createTestDatabase()
  await addGates()
  const settings = { HANET_CLIENT_SECRET: SECRET, INGEST_EVENT_KEY: EVENT_KEY }
  ingest = await startIngest({ databaseUrl: db.url, clock: { now: () => MORNING }, settings })
})
afterAll(async () => {
  await ingest.stop()
  await db.drop()
})

async function addGates(): Promise<void> {
  await db.database.query(
    `with school as (
       insert into school (code, name, level, ownership, enrolment, valid_from)
       select 'S-' || n, 'Trường ' || n, 'primary', 'public', 600, '2022-01-01' from generate_series(0, $1::int - 1) as n
       returning id, code
     ), place as (
       insert into site (school_id, code, name, is_main) select id, 'main', 'Điểm chính', true from school
       returning id, school_id
     ), gate as (
       insert into device (school_id, site_id, code, kind, room, interval_s, valid_from)
       select school_id, id, 'gate', 'gateway', null, 60, '2022-01-01' from place
       returning id, school_id
     )
     insert into device_alias (format, name, device_id)
     select case when split_part(code, '-', 2)::int % 2 = 0 then 'hanet' else 'zkteco' end,
       case when split_part(code, '-', 2)::int % 2 = 0 then $2 else $3 end || split_part(code, '-', 2) || '/in', gate.id
     from gate join school on school.id = gate.school_id`,
    [SCHOOLS, CAMERA, TERMINAL],
  )
  await db.database.query('update registry_version set version = version + 1')
}

const clock = (n: number) =>
  `2026-11-23 06:${String(40 + (n % 15)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}`

/** What a school pushes; every fifth push is sent twice, as after a lost answer. */
function pushesOf(school: number): (() => Promise<{ status: number }>)[] {
  const pushes: (() => Promise<{ status: number }>)[] = []
  if (school % 2 === 0) {
    for (let n = 0; n < PUPILS; n++) {
      const body = hanetPush({
        id: `${school}-${n}`,
        deviceID: `${CAMERA}${school}`,
        time: MORNING - n * 1000,
      })
      pushes.push(() => postJson(`${ingest.httpUrl}/api/v1/push/hanet`, body))
    }
  } else {
    for (let n = 0; n < PUPILS; n += 6) {
      const lines = Array.from({ length: 6 }, (_, at) => record(`${n + at}`, clock(n + at)))
      const url = `${ingest.httpUrl}/iclock/cdata?SN=${TERMINAL}${school}&table=ATTLOG&Stamp=${n}`
      pushes.push(() => post(url, lines.join('\n')))
    }
  }
  return pushes.flatMap((push, at) => (at % 5 === 0 ? [push, push] : [push]))
}

test('when whole schools come at once every passage is stored once, also of pushes that are sent twice', async () => {
  const schools = Array.from({ length: SCHOOLS }, (_, school) => pushesOf(school))
  const queue = Array.from({ length: Math.max(...schools.map((one) => one.length)) }, (_, at) =>
    schools.flatMap((pushes) => pushes[at] ?? []),
  ).flat()
  const statuses = new Map<number, number>()
  const worker = async () => {
    for (let push = queue.pop(); push; push = queue.pop()) {
      const { status } = await push()
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  expect([...statuses.keys()]).toEqual([200])
  const { rows } = await db.database.query(
    `select s.code, count(*) as passages, count(distinct message_id) as events
     from checkin c join school s on s.id = c.school_id group by 1 order by 1`,
  )
  expect(rows).toEqual(
    Array.from({ length: SCHOOLS }, (_, n) => ({ code: `S-${n}`, passages: PUPILS, events: PUPILS })),
  )
  expect((await expectAccounted(ingest)).inFlight).toBe(0)
})
