import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { type IngestHarness, startIngest } from '../harness.ts'
import { addAliases, addSchools } from '../registry-fixture.ts'
import {
  CAMERA,
  EVENT_KEY,
  hanetPush,
  keptLog,
  MORNING,
  PUPIL,
  post,
  postJson,
  record,
  SECRET,
  TERMINAL,
  tablesWith,
} from './pushes.ts'

const EVENT = 'hanet-event-5f3a'
const PIN = '20260714099'
const OTHER_PUPIL = 'Lê Hoàng Đức Minh'
/** All that could lead to a pupil, in whatever form it came. */
const TRACES = [...Object.values(PUPIL), EVENT, PIN, OTHER_PUPIL]

let db: TestDatabase
let ingest: IngestHarness
const kept = keptLog()
const answers: string[] = []
beforeAll(async () => {
  db = await createTestDatabase()
  await addSchools(db.database)
  await addAliases(db.database, {
    [`hanet:${CAMERA}/in`]: 'TH-01/gate-1',
    [`zkteco:${TERMINAL}`]: 'TH-01/room-1',
  })
  const settings = { HANET_CLIENT_SECRET: SECRET, INGEST_EVENT_KEY: EVENT_KEY, LOG_LEVEL: 'trace' }
  ingest = await startIngest({ databaseUrl: db.url, clock: { now: () => MORNING }, settings, log: kept.log })
  for (const [path, body, type] of everyPush()) {
    const { status, text } = await post(`${ingest.httpUrl}${path}`, body, type)
    answers.push(`${status} ${text}`)
  }
})
afterAll(async () => {
  await ingest.stop()
  await db.drop()
})

/** Right ones, and wrong ones in each way that could carry a name past the edge. */
function everyPush(): [path: string, body: string | Buffer, type: string][] {
  const hanet = (more: Record<string, unknown>): [string, string, string] => [
    '/api/v1/push/hanet',
    JSON.stringify(hanetPush({ id: EVENT, ...more })),
    'application/json',
  ]
  const name = PUPIL.personName
  const fields = ['deviceID', 'time', 'date', 'personType', 'data_type', 'hash', 'action_type', name]
  const time = '2026-11-23 06:58:11'
  const attlog = (body: string | Buffer, sn = TERMINAL): [string, string | Buffer, string] => [
    `/iclock/cdata?SN=${sn}&table=ATTLOG&Stamp=${PIN}x`,
    body,
    'text/plain',
  ]
  const table = (which: string, body: string): [string, string, string] => [
    `/iclock/cdata?SN=${TERMINAL}&table=${which}&OpStamp=1&PIN=${PIN}`,
    body,
    'text/plain',
  ]
  const user = `USER PIN=${PIN}\tName=${OTHER_PUPIL}\tCard=1`
  const codes = {
    id: 'r',
    date: '2026-11-23',
    session: 'morning',
    class: '3A',
    revision: 1,
    takenAt: MORNING,
  }
  const rolls = (more: object): [string, string, string] => [
    '/api/v1/push/roll-codes/TH-01',
    JSON.stringify({ ...codes, codes: ['C', 'K'], ...more }),
    'application/json',
  ]
  return [
    hanet({}),
    hanet({ deviceID: 'UNREGISTERED' }),
    ...fields.map((field) => hanet({ [field]: name })),
    ...fields.map((field) => hanet({ [field]: { name, id: PUPIL.personID } })),
    ['/api/v1/push/hanet', `{"personName":"${name}","id":"${EVENT}"`, 'application/json'],
    ['/api/v1/push/hanet', Buffer.from(`${name}\0`), 'application/json'],
    ['/api/v1/push/hanet', JSON.stringify([hanetPush()]), 'application/json'],
    ['/api/v1/push/hanet', JSON.stringify(hanetPush()), `text/${PUPIL.aliasID}`],
    attlog(record(PIN, time)),
    attlog(record(PIN, time), 'UNREGISTERED'),
    attlog(record(PIN, time, PIN)),
    attlog(record(time, PIN)),
    attlog(`${PIN} ${time} 0 15`),
    attlog(`${PIN}\t${OTHER_PUPIL}\t0\n\t${PIN}\n${OTHER_PUPIL}`),
    attlog(Buffer.from(`${PIN}\0\t${time}\t0`)),
    ...['OPERLOG', 'USERINFO', 'BIODATA', 'options', OTHER_PUPIL].map((which) =>
      table(encodeURIComponent(which), user),
    ),
    [`/iclock/devicecmd?SN=${TERMINAL}`, `ID=1&Return=0&PIN=${PIN}&Name=${OTHER_PUPIL}`, 'text/plain'],
    [`/iclock/unknown?PIN=${PIN}`, user, 'text/plain'],
    [`/iclock/cdata?SN=${encodeURIComponent(OTHER_PUPIL)}&table=ATTLOG`, record(PIN, time), 'text/plain'],
    rolls({}),
    rolls({ name: OTHER_PUPIL }),
    rolls({ codes: [OTHER_PUPIL, 'C'] }),
    rolls({ codes: [{ name: OTHER_PUPIL, code: 'C' }] }),
    ['/api/v1/push/roll-codes/TH-01', `{"codes":["${OTHER_PUPIL}"`, 'application/json'],
  ]
}

test('the pushes were of every kind: stored, waiting, refused, thrown away', async () => {
  const statuses = new Set(answers.map((answer) => answer.slice(0, 3)))
  expect([...statuses].sort()).toEqual(['200', '202', '400', '401', '404', '415', '422'])
  const { rows } = await db.database.query(
    'select (select count(*) from checkin) as passages, (select count(*) from roll) as rolls, (select count(*) from dead_letter) as letters',
  )
  expect(rows).toEqual([{ passages: 3, rolls: 1, letters: expect.any(Number) }])
  expect(rows[0]!['letters']).toBeGreaterThan(10)
})

test('the search finds what is there', async () => {
  expect(await tablesWith(db.database, 'gate-1')).toEqual(expect.arrayContaining(['device', 'checkin']))
  // In the bytes of dead letters too.
  expect(await tablesWith(db.database, 'UNREGISTERED')).toContain('dead_letter')
})

test.each(TRACES)('%s is nowhere in the database, the log, the metrics or the answers', async (trace) => {
  expect(await tablesWith(db.database, trace)).toEqual([])
  expect(kept.text()).not.toContain(trace)
  expect(await ingest.app.metrics.registry.metrics()).not.toContain(trace)
  expect(answers.filter((answer) => answer.includes(trace))).toEqual([])
})

test('ids of passages say nothing without the key, and cannot be made with another', async () => {
  const ids = async () =>
    (await db.database.query('select message_id from checkin')).rows.map((row) => row['message_id'])
  const before = await ids()
  const settings = { INGEST_EVENT_KEY: 'another-key-of-the-tests-0123456789' }
  const other = await startIngest({ databaseUrl: db.url, clock: { now: () => MORNING }, settings })
  await post(`${other.httpUrl}/iclock/cdata?SN=${TERMINAL}&table=ATTLOG`, record(PIN, '2026-11-23 06:58:11'))
  await other.stop()
  expect((await ids()).filter((id) => !before.includes(id))).toHaveLength(1)
})

test('two passages of one pupil have nothing in common', async () => {
  await db.database.query('truncate checkin')
  const days = ['2026-11-20 06:58:11', '2026-11-21 06:58:11']
  await post(
    `${ingest.httpUrl}/iclock/cdata?SN=${TERMINAL}&table=ATTLOG`,
    days.map((day) => record(PIN, day)).join('\n'),
  )
  await postJson(`${ingest.httpUrl}/api/v1/push/hanet`, hanetPush({ id: 'a', time: MORNING - 86_400_000 }))
  const { rows } = await db.database.query('select count(distinct message_id) as n from checkin')
  expect(rows).toEqual([{ n: 3 }])
})
