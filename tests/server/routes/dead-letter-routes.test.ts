import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ErrorReply, type RouteName, type RouteReply, routes } from '../../../shared/contract/http.ts'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { addDeadMessage } from '../../helpers/dead-letters.ts'
import { get, startTestWeb, type Web } from '../http/web-harness.ts'
import { HandBoard } from '../live/hand-board.ts'

let database: TestDatabase
let web: Web
const AT = Date.parse('2026-11-23T08:00:00+07:00')
const RUBBISH = Buffer.from([0xff, 0x00])

beforeAll(async () => {
  database = await createTestDatabase()
  web = await startTestWeb({ board: new HandBoard(), databaseUrl: database.url })
  const add = (given: Parameters<typeof addDeadMessage>[1]) => addDeadMessage(database.database, given)
  const letters = Array.from({ length: 7 }, (_, at) => ({
    reason: 'out-of-range',
    school: 'TH-01',
    field: `values.m${at}`,
    value: `${at}`,
  }))
  await add({
    at: new Date(AT),
    topic: 'ioc/v1/TH-01/telemetry/room-1',
    payload: '{"Nhiệt độ":99}',
    attempts: 2,
    letters: [...letters, { reason: 'unknown-metric', school: 'TH-01' }],
  })
  await add({
    at: new Date(AT + 1000),
    payload: RUBBISH,
    size: 2_000_000,
    letters: [{ reason: 'too-large' }],
  })
  const waiting = [{ reason: 'unregistered-device', school: 'TH-02', format: 'native', device: 'TH-02/x' }]
  await add({ at: new Date(AT + 2000), topic: 'ioc/v1/TH-02/telemetry/x', letters: waiting })
  await add({ at: new Date(AT + 3000), topic: 'ioc/v1/TH-02/telemetry/x', letters: waiting })
  const unborn = [{ reason: 'no-birth', format: 'sparkplug', device: 'th-02/edge' }]
  await add({ at: new Date(AT + 2500), topic: 'spBv1.0/th-02/DDATA/edge', letters: unborn })
})
afterAll(async () => {
  await web.stop()
  await database.drop()
})

async function ask<N extends RouteName>(name: N, path: string): Promise<RouteReply<N>> {
  const { status, body } = await get(web.url, path)
  expect({ status, body }).toMatchObject({ status: 200 })
  return routes[name].reply.parse(body) as RouteReply<N>
}
const list = (query = '') => ask('deadLetters', `/api/v1/dead-letters${query}`)
const ids = async (query: string) => (await list(query)).messages.map(({ id }) => id)

test('dead letters are listed newest first, with the first of their refused records', async () => {
  const { messages, next } = await list()
  expect(messages.map(({ id }) => id)).toEqual(['5', '4', '3', '2', '1'])
  expect(next).toBeNull()
  const oldest = messages.at(-1)!
  expect(oldest).toMatchObject({
    receivedAt: '2026-11-23T01:00:00.000Z',
    topic: 'ioc/v1/TH-01/telemetry/room-1',
    source: 'mqtt',
    attempts: 2,
    bytes: 20,
    whole: true,
    letterCount: 8,
  })
  expect(oldest.letters).toHaveLength(5)
  expect(oldest.letters[0]).toEqual({
    reason: 'out-of-range',
    field: 'values.m0',
    value: '0',
    detail: 'detail',
    remedy: 'remedy',
    school: 'TH-01',
    format: null,
    device: null,
  })
  expect(messages[3]).toMatchObject({ bytes: 2_000_000, whole: false })
})

test('pages follow each other without gap or overlap', async () => {
  const first = await list('?limit=2')
  expect(first.messages.map(({ id }) => id)).toEqual(['5', '4'])
  const second = await list(`?limit=2&before=${first.next}`)
  expect(second.messages.map(({ id }) => id)).toEqual(['3', '2'])
  const third = await list(`?limit=2&before=${second.next}`)
  expect({ ids: third.messages.map(({ id }) => id), next: third.next }).toEqual({ ids: ['1'], next: null })
})

test('filters are of one letter, and of the time of arrival', async () => {
  expect(await ids('?school=TH-02')).toEqual(['4', '3'])
  expect(await ids('?reason=unknown-metric')).toEqual(['1'])
  expect((await list('?reason=unknown-metric')).messages[0]!.letters).toMatchObject([
    { reason: 'unknown-metric' },
  ])
  expect(await ids('?school=TH-02&reason=too-large')).toEqual([])
  expect(await ids('?format=sparkplug')).toEqual(['5'])
  expect(await ids('?since=2026-11-23T08:00:01%2B07:00&until=2026-11-23T08:00:02.500%2B07:00')).toEqual([
    '3',
    '2',
  ])
})

test('one dead letter comes with its payload, as text too where it is UTF-8', async () => {
  const text = await ask('deadLetter', '/api/v1/dead-letters/1')
  expect(text.letters).toHaveLength(8)
  expect(text.payload).toEqual({
    base64: Buffer.from('{"Nhiệt độ":99}').toString('base64'),
    text: '{"Nhiệt độ":99}',
  })
  expect((await ask('deadLetter', '/api/v1/dead-letters/2')).payload).toEqual({ base64: '/wA=', text: null })
})

test('counts are by school and reason, most first', async () => {
  const all = await ask('deadLetterCounts', '/api/v1/dead-letters/counts')
  expect(all.total).toBe(12)
  expect(all.counts.map(({ newest: _, ...count }) => count)).toEqual([
    { school: 'TH-01', reason: 'out-of-range', letters: 7, messages: 1 },
    { school: 'TH-02', reason: 'unregistered-device', letters: 2, messages: 2 },
    { school: 'TH-01', reason: 'unknown-metric', letters: 1, messages: 1 },
    { school: null, reason: 'no-birth', letters: 1, messages: 1 },
    { school: null, reason: 'too-large', letters: 1, messages: 1 },
  ])
  const few = await ask('deadLetterCounts', '/api/v1/dead-letters/counts?school=TH-01&limit=1')
  expect({ total: few.total, counts: few.counts.length }).toEqual({ total: 8, counts: 1 })
})

test('devices that wait are listed with what they sent last', async () => {
  const { total, devices } = await ask('waitingDevices', '/api/v1/waiting-devices')
  expect(total).toBe(2)
  expect(devices[0]).toEqual({
    reason: 'unregistered-device',
    format: 'native',
    name: 'TH-02/x',
    firstSeen: '2026-11-23T01:00:02.000Z',
    lastSeen: '2026-11-23T01:00:03.000Z',
    messages: 2,
    lastTopic: 'ioc/v1/TH-02/telemetry/x',
    lastMessage: '4',
  })
  expect(devices[1]).toMatchObject({ reason: 'no-birth', format: 'sparkplug', name: 'th-02/edge' })
  const native = await ask('waitingDevices', '/api/v1/waiting-devices?format=native&limit=1')
  expect(native.devices.map(({ name }) => name)).toEqual(['TH-02/x'])
})

describe('a bad request is answered with field, value and remedy', () => {
  test.each([
    ['dead-letters?scool=TH-01', 'scool', 'TH-01', 'leave it out; known here: school, reason'],
    ['dead-letters?reason=bad', 'reason', 'bad', 'give one of unknown-topic, not-utf8'],
    ['dead-letters?limit=201', 'limit', '201', 'give at most 200'],
    ['dead-letters?before=x', 'before', 'x', 'give the number of a dead message'],
    ['dead-letters?since=2026-11-23', 'since', '2026-11-23', 'with a zone'],
    [
      'dead-letters?since=2026-11-23T08:00:00Z&until=2026-11-23T07:00:00Z',
      'until',
      '2026-11-23T07:00:00Z',
      'give a moment after since',
    ],
    ['dead-letters/counts?format=UPPER', 'format', 'UPPER', 'give one of native, thingsboard'],
    ['dead-letters/0', 'id', '0', 'give the number of a dead message'],
    ['dead-letters/1?payload=text', 'payload', 'text', 'leave it out; no parameters are known here'],
    ['waiting-devices?school=TH-01', 'school', 'TH-01', 'leave it out; known here: format, limit'],
  ])('%s', async (path, field, value, remedy) => {
    const { status, body } = await get(web.url, `/api/v1/${path}`)
    const reply = ErrorReply.parse(body)
    expect({ status, code: reply.code }).toEqual({ status: 400, code: 'bad-request' })
    expect(reply.problems).toMatchObject([{ field, value }])
    expect(reply.problems![0]!.remedy).toContain(remedy)
  })

  test('one that is not there is answered 404 by name', async () => {
    const { status, body } = await get(web.url, '/api/v1/dead-letters/99')
    expect({ status, body }).toEqual({
      status: 404,
      body: { code: 'not-found', message: 'There is no dead message 99.' },
    })
  })
})
