import { request } from 'node:http'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { expectAccounted, type IngestHarness, startIngest } from '../harness.ts'
import { addAliases, addSchools } from '../registry-fixture.ts'
import { EVENT_KEY, MORNING, post, record, TERMINAL } from './pushes.ts'

let db: TestDatabase
let ingest: IngestHarness
const clock = { now: () => MORNING }
const settings = { INGEST_EVENT_KEY: EVENT_KEY }
beforeAll(async () => {
  db = await createTestDatabase()
  await addSchools(db.database)
  await addAliases(db.database, {
    [`zkteco:${TERMINAL}`]: 'TH-01/gate-1',
    'zkteco:ENTRANCE-1/in': 'TH-01/room-1',
    'zkteco:EXIT.1/out': 'TH-01/room-2',
    'zkteco:STAMPED': 'TH-02/room-1',
  })
  ingest = await startIngest({ databaseUrl: db.url, clock, settings })
})
afterAll(async () => {
  await ingest.stop()
  await db.drop()
})
beforeEach(() => db.database.query('truncate checkin, dead_letter, dead_message'))
afterEach(async () => {
  expect((await expectAccounted(ingest)).inFlight).toBe(0)
})

const at = (query: string, base = ingest.httpUrl) => `${base}/iclock/${query}`
const attlog = (body: string | Buffer, terminal = TERMINAL, more = '&Stamp=9999') =>
  post(at(`cdata?SN=${terminal}&table=ATTLOG${more}`), body, 'text/plain')
const passages = async () =>
  (await db.database.query('select ts, direction, gate, message_id from checkin order by ts, message_id'))
    .rows
const letters = async () =>
  (
    await db.database.query(
      'select reason, field, detail, topic from dead_letter l join dead_message m on m.id = l.message_id order by l.id',
    )
  ).rows
const said = async (query: string, base = ingest.httpUrl) => {
  const reply = await fetch(at(query, base))
  return {
    status: reply.status,
    type: reply.headers.get('content-type'),
    text: await reply.text(),
    date: reply.headers.get('date'),
  }
}

describe('a terminal that starts', () => {
  test('is told to send attendance records and nothing else, at once, and to set its clock to the province', async () => {
    const { status, type, text, date } = await said(
      `cdata?SN=${TERMINAL}&options=all&language=69&pushver=2.4.1&DeviceType=att`,
    )
    expect(status).toBe(200)
    expect(type).toMatch(/^text\/plain/)
    expect(Date.parse(date!)).not.toBeNaN()
    const lines = text.trim().split('\n')
    expect(lines[0]).toBe(`GET OPTION FROM: ${TERMINAL}`)
    expect(lines).toEqual(
      expect.arrayContaining([
        'ATTLOGStamp=None',
        'TransFlag=TransData AttLog',
        'Realtime=1',
        'TimeZone=7',
        'Encrypt=None',
      ]),
    )
  })

  test('is told its own place in its records, as it gave it with the last that were stored, even by a program that started since', async () => {
    await attlog(record('11', '2026-11-23 06:58:11'), 'STAMPED', '&Stamp=17930001')
    await attlog(record('12', '2026-11-23 06:58:12'), 'STAMPED', '&Stamp=17930002')
    await attlog(
      record('13', '2026-11-23 06:58:13'),
      'STAMPED',
      '&Stamp=0%0d%0aTransFlag=TransData%20EnrollFP',
    )
    const lines = ['Stamp=17930002', 'ATTLOGStamp=17930002']
    expect((await said('cdata?SN=STAMPED&options=all')).text.split('\n')).toEqual(
      expect.arrayContaining(lines),
    )
    const other = await startIngest({ databaseUrl: db.url, clock, settings })
    try {
      expect((await said('cdata?SN=STAMPED&options=all', other.httpUrl)).text.split('\n')).toEqual(
        expect.arrayContaining(lines),
      )
    } finally {
      await other.stop()
    }
  })

  test('that nobody has registered leaves nothing behind: serial numbers are easily made up', async () => {
    await attlog(record('11', '2026-11-23 06:58:11'), 'MADE-UP', '&Stamp=5')
    expect((await said('cdata?SN=MADE-UP&options=all')).text).toContain('ATTLOGStamp=None')
    const { rows } = await db.database.query(`select name from device_description where name = 'MADE-UP'`)
    expect(rows).toEqual([])
  })

  test.each(['getrequest', 'ping', 'getrequest.aspx'])(
    'asks at /iclock/%s for commands, of which there are none',
    async (path) => {
      expect(await said(`${path}?SN=${TERMINAL}&INFO=Ver%208.0.4.2,120,240,9831,10.0.0.9`)).toMatchObject({
        status: 200,
        text: 'OK',
      })
    },
  )

  test('of older firmware finds the same under .aspx', async () => {
    expect((await said(`cdata.aspx?SN=${TERMINAL}&options=all`)).text).toContain('Realtime=1')
    const body = record('11', '2026-11-23 06:58:11')
    expect((await post(at(`cdata.aspx?SN=${TERMINAL}&table=ATTLOG&Stamp=1`), body)).text).toBe('OK: 1')
  })
})

describe('attendance records', () => {
  test('are passages at the time of the province, not four hours off, and are answered with their number', async () => {
    const body = `${record('11', '2026-11-23 06:58:11')}\n${record('12', '2026-11-23 06:58:14')}\r\n`
    expect(await attlog(body)).toMatchObject({ status: 200, text: 'OK: 2' })
    expect(await passages()).toEqual([
      {
        ts: new Date('2026-11-22T23:58:11Z'),
        direction: 'in',
        gate: 'gate-1',
        message_id: expect.stringMatching(/^zkteco:[0-9a-f]{24}$/),
      },
      expect.objectContaining({ ts: new Date('2026-11-22T23:58:14Z') }),
    ])
  })

  test('sent again are stored once, whatever else has come with them', async () => {
    const first = Array.from({ length: 50 }, (_, n) => record(`${n}`, '2026-11-23 06:58:11'))
    expect((await attlog(first.join('\n'))).text).toBe('OK: 50')
    const again = [...first, ...first, record('99', '2026-11-23 06:58:11')]
    expect((await attlog(again.join('\n'), TERMINAL, '&Stamp=10001')).text).toBe('OK: 101')
    expect(await passages()).toHaveLength(51)
  })

  test('of two persons, terminals, moments or ways are different passages', async () => {
    const time = '2026-11-23 06:58:11'
    await attlog(
      [
        record('1', time, 0),
        record('2', time, 0),
        record('1', time, 1),
        record('1', '2026-11-23 06:58:12', 0),
      ].join('\n'),
    )
    await attlog(record('1', time, 0), 'ENTRANCE-1')
    expect(new Set((await passages()).map((one) => one['message_id'])).size).toBe(5)
  })

  test.each([
    [0, 'in'],
    [1, 'out'],
    [2, 'out'],
    [3, 'in'],
    [4, 'in'],
    [5, 'out'],
  ])('of status %i go %s', async (status, direction) => {
    await attlog(record('11', '2026-11-23 06:58:11', status))
    expect((await passages()).map((one) => one['direction'])).toEqual([direction])
  })

  test('go the way their terminal is registered for, whatever people forget to press', async () => {
    await attlog(record('11', '2026-11-23 06:58:11', 0), 'EXIT.1')
    await attlog(record('11', '2026-11-23 06:58:11', 255), 'ENTRANCE-1')
    expect((await passages()).map(({ direction, gate }) => `${direction} ${gate}`).sort()).toEqual([
      'in room-1',
      'out room-2',
    ])
  })

  test.each([['255'], [''], ['x'], ['-1']])(
    'of status «%s» wait until the way of their terminal is registered',
    async (status) => {
      expect((await attlog(record('11', '2026-11-23 06:58:11', status))).text).toBe('OK: 1')
      expect(await letters()).toMatchObject([
        { reason: 'unregistered-device', detail: expect.stringContaining(`${TERMINAL}/in or`) },
      ])
    },
  )

  test('of a terminal nobody has registered wait as a letter, one a push', async () => {
    const body = [record('11', '2026-11-23 06:58:11'), record('12', '2026-11-23 06:58:12')].join('\n')
    expect((await attlog(body, 'NEW-1')).text).toBe('OK: 2')
    expect(await letters()).toMatchObject([{ reason: 'unregistered-device', topic: 'push/zkteco/NEW-1' }])
  })

  test('that cannot be read are letters that name the line; the others are stored', async () => {
    const body = [
      record('11', '2026-11-23 06:58:11'),
      '12 2026-11-23 06:58:11 0 15',
      '',
      record('13', '2026-02-30 06:58:11'),
      record('14', '23/11/2026 06:58'),
      record('15', '2000-01-01 00:00:09'),
      record('16', '2026-11-23 07:06:00'),
      record('17', '2026-11-23 06:58:12'),
    ].join('\n')
    expect((await attlog(body)).text).toBe('OK: 7')
    expect(await passages()).toHaveLength(2)
    const kept = await letters()
    expect(kept.map(({ detail }) => detail)).toContain('a time is yyyy-mm-dd hh:mm:ss (2 lines: 4, 5)')
    expect(kept.map(({ reason, field }) => `${reason} ${field}`).sort()).toEqual([
      'bad-body line 2',
      'bad-body line 4.time',
      'future line 7.time',
      'too-old line 6.time',
    ])
  })

  test('may be as many as a terminal has kept: twelve thousand in one body, all stored', async () => {
    const day = (n: number) =>
      `2026-${String(1 + (n % 9)).padStart(2, '0')}-${String(1 + (n % 28)).padStart(2, '0')}`
    const body = Array.from({ length: 12_000 }, (_, n) => record(`${n}`, `${day(n)} 06:58:11`)).join('\n')
    expect((await attlog(body)).text).toBe('OK: 12000')
    expect((await db.database.query('select count(*) as n from checkin')).rows).toEqual([{ n: 12_000 }])
  })

  test('beyond a megabyte are refused by their announced size, in words', async () => {
    const reply = await attlog(Buffer.alloc(1_048_577, 'x'))
    expect([reply.status, reply.text]).toEqual([413, expect.stringMatching(/^ERROR: The message is larger/)])
  })

  test('of more lines than there can be records are none of a terminal', async () => {
    const reply = await attlog('a\n'.repeat(50_001))
    expect([reply.status, reply.text]).toEqual([400, expect.stringContaining('at most 50000')])
  })

  test('of none are none', async () => {
    for (const body of ['', '\n\r\n \n']) expect((await attlog(body)).text).toBe('OK: 0')
  })
})

describe('what holds people', () => {
  test.each(['OPERLOG', 'operlog', 'USERINFO', 'BIODATA', 'ATTPHOTO', 'FINGERTMP', 'something'])(
    'table %s is answered, thrown away unread and counted',
    async (table) => {
      const name = ['OPERLOG', 'USERINFO', 'BIODATA', 'ATTPHOTO', 'FINGERTMP'].find(
        (one) => one === table.toUpperCase(),
      )
      const sample = `ioc_ingest_discarded_total{table="${name ?? 'other'}"}`
      const before = await ingest.metrics()
      const body = 'USER PIN=11\tName=Nguyễn Thị Bích Ngọc\tPri=0\tPasswd=\tCard=[3F2A0000]\tGrp=1'
      const { status, text } = await post(
        at(`cdata?SN=${TERMINAL}&table=${table}&OpStamp=1`),
        body,
        'text/plain',
      )
      expect([status, text]).toEqual([200, 'OK'])
      const after = await ingest.metrics()
      expect(after.sample(sample)).toBe(before.sample(sample) + 1)
      expect(after.received).toBe(before.received)
    },
  )

  test('may be larger than any message, and the connection goes on', async () => {
    const { status, text } = await post(
      at(`cdata?SN=${TERMINAL}&table=ATTPHOTO&Stamp=1`),
      Buffer.alloc(3_000_000, 'x'),
      'application/octet-stream',
    )
    expect([status, text]).toEqual([200, 'OK'])
  })

  test('comes under other addresses too: answers to commands, photos', async () => {
    for (const path of ['devicecmd', 'querydata', 'fdata']) {
      expect((await post(at(`${path}?SN=${TERMINAL}`), 'ID=1&Return=0&CMD=INFO\nPIN=11')).text).toBe('OK')
    }
  })

  test('that breaks off in the middle harms nobody', async () => {
    const { port } = new URL(ingest.httpUrl)
    await new Promise<void>((resolve) => {
      const path = `/iclock/cdata?SN=${TERMINAL}&table=BIODATA`
      const half = request({ port, path, method: 'POST', headers: { 'content-length': 1_000_000 } })
      half.on('error', () => resolve())
      half.write('x'.repeat(1000), () => half.destroy(new Error('gone')))
    })
    expect((await attlog(record('11', '2026-11-23 06:58:11'))).text).toBe('OK: 1')
  })
})

describe('an address that is wrong', () => {
  test.each([
    'cdata?options=all',
    'cdata?SN=&options=all',
    'cdata?SN=../etc&options=all',
    'cdata?SN=a%0d%0ab&options=all',
    'cdata?SN=a&SN=b',
    `getrequest?SN=${'A'.repeat(65)}`,
  ])('%s is refused in words', async (query) => {
    expect(await said(query)).toMatchObject({
      status: 400,
      text: expect.stringMatching(/^ERROR: .*SN is the serial number/),
    })
  })

  test('is not repeated with what was asked there', async () => {
    const { status, text } = await said('registry?SN=1&PIN=424242')
    expect(status).toBe(404)
    expect(text).not.toContain('424242')
  })
})

test('without the key every address is off, so that terminals keep what they have, and the answer names the setting', async () => {
  const off = await startIngest({ databaseUrl: db.url, clock })
  try {
    for (const path of [`cdata?SN=${TERMINAL}&options=all`, `getrequest?SN=${TERMINAL}`]) {
      expect(await said(path, off.httpUrl)).toMatchObject({
        status: 503,
        text: expect.stringContaining('INGEST_EVENT_KEY'),
      })
    }
    const pushed = await post(
      at(`cdata?SN=${TERMINAL}&table=ATTLOG`, off.httpUrl),
      record('11', '2026-11-23 06:58:11'),
    )
    expect(pushed.status).toBe(503)
    expect(await passages()).toEqual([])
  } finally {
    await off.stop()
  }
})
