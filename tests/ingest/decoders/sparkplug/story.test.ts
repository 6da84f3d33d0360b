import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { rebirthRequest } from '../../../../ingest/decoders/sparkplug/rebirth.ts'
import { createTestDatabase, type TestDatabase } from '../../../helpers/database.ts'
import { mqttClient } from '../../clients.ts'
import { expectAccounted, type IngestHarness, startIngest } from '../../harness.ts'
import { addSchools } from '../../registry-fixture.ts'
import { ALIAS, PlayedEdge } from './played-edge.ts'
import { changes, clear, connections, deadLetters, registerEdge, storedReadings } from './rows.ts'

let db: TestDatabase
let ingest: IngestHarness
beforeAll(async () => {
  db = await createTestDatabase()
  await addSchools(db.database)
  await registerEdge(db.database)
})
afterAll(async () => {
  await ingest.stop()
  await db.drop()
})
beforeEach(async () => {
  await ingest?.stop()
  await clear(db.database)
  ingest = await startIngest({ databaseUrl: db.url })
})

const until = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 10_000, interval: 50 })
const connect = (session: number, more: Partial<Parameters<typeof PlayedEdge.connect>[0]> = {}) =>
  PlayedEdge.connect({ url: ingest.mqttUrl, name: 'A/e1', session, ...more })
const readings = (since = 0) => storedReadings(db.database, since)
const isOnline = () =>
  until(async () => expect(await connections(db.database)).toEqual(['gate-1 online', 'room-1 online']))
const BIRTH = ['gate-1 voltage=221.5', 'room-1 co2=600', 'room-1 temperature=27.3']

test('an edge node is born, speaks by alias, is cut off and comes back; its devices share its fate', async () => {
  const edge = await connect(0)
  await isOnline()
  expect(await readings()).toEqual(BIRTH)
  const since = Date.now()
  await edge.data([{ alias: ALIAS.co2, int: 655 }])
  await delay(5)
  await edge.data([{ alias: ALIAS.temperature, float: 27.4 }])
  await until(async () =>
    expect(await readings(since)).toEqual(['room-1 co2=655', 'room-1 temperature=27.4']),
  )

  edge.cut()
  await until(async () =>
    // room-2 is registered behind it and was never heard: nothing reaches us from there either.
    expect(await connections(db.database)).toEqual(['gate-1 offline', 'room-1 offline', 'room-2 offline']),
  )
  const again = await connect(1)
  await until(async () =>
    expect(await connections(db.database)).toEqual(['gate-1 online', 'room-1 online', 'room-2 offline']),
  )
  await again.data([{ alias: ALIAS.co2, int: 700 }])
  await until(async () => expect(await readings(since)).toContain('room-1 co2=700'))
  await again.deviceDeath()
  await until(async () => expect(await connections(db.database)).toContain('room-1 offline'))
  expect(await deadLetters(db.database)).toEqual([])
  expect([edge.asked, again.asked]).toEqual([0, 0])
  await until(async () => expect((await expectAccounted(ingest)).inFlight).toBe(0))
})

test('data before any birth waits with its bytes, the edge node is asked and answers, and the next data is read', async () => {
  const edge = await connect(0, { births: false })
  const since = Date.now()
  await edge.data([{ alias: ALIAS.co2, int: 640 }])
  await until(async () => expect(edge.asked).toBe(1))
  await isOnline()
  expect(await deadLetters(db.database)).toEqual(['no-birth spBv1.0/A/DDATA/e1/d1'])
  await edge.data([{ alias: ALIAS.co2, int: 645 }])
  await until(async () => expect(await readings(since)).toContain('room-1 co2=645'))
  expect(edge.asked).toBe(1)
})

test('a message that is lost on the way is made good by a rebirth: the values of now are there again', async () => {
  const edge = await connect(0)
  await isOnline()
  edge.lose()
  await edge.data([{ alias: ALIAS.co2, int: 640 }])
  await delay(2_100)
  expect(edge.asked).toBe(0)
  const since = Date.now()
  await edge.data([{ alias: ALIAS.co2, int: 641 }])
  await until(async () => expect(edge.asked).toBe(1))
  await until(async () => expect(await readings(since)).toEqual(expect.arrayContaining(BIRTH)))
  // The rebirth said again that everybody is online, and that was no news.
  expect(await changes(db.database)).toBe(2)
})

test('an edge node that takes over its own connection stays online, however late its former will comes', async () => {
  await connect(4, { clientId: 'edge-1' })
  await isOnline()
  const edge = await connect(5, { clientId: 'edge-1' })
  await until(async () => expect(await readings()).toHaveLength(6))
  const before = await changes(db.database)
  await edge.death(4)
  await edge.data([{ alias: ALIAS.co2, int: 655 }])
  await until(async () => expect(await readings()).toHaveLength(7))
  expect(await connections(db.database)).toEqual(expect.arrayContaining(['gate-1 online', 'room-1 online']))
  expect(await changes(db.database)).toBe(before)
  expect(edge.asked).toBe(0)
  await edge.death(5)
  await until(async () =>
    expect(await connections(db.database)).toEqual(['gate-1 offline', 'room-1 offline', 'room-2 offline']),
  )
})

test('a command of another host application reaches its edge node through our broker', async () => {
  const edge = await connect(0)
  await isOnline()
  const scada = await mqttClient(ingest.mqttUrl)
  await scada.publishAsync('spBv1.0/A/NCMD/e1', rebirthRequest(Date.now()), { qos: 0 })
  await until(async () => expect(edge.asked).toBe(1))
  expect(await deadLetters(db.database)).toEqual([])
})

test('what an edge node kept while it was cut off goes to its place in history and is not the latest value', async () => {
  const edge = await connect(0)
  await isOnline()
  const then = Date.now() - 3_600_000
  await edge.data([
    { alias: ALIAS.co2, int: 900, historical: true, timestamp: then },
    {
      alias: ALIAS.temperature,
      float: 28.1,
      timestamp: Date.now() + 1,
      properties: { Quality: { int: 500 } },
    },
  ])
  await until(async () => expect(await readings(then)).toHaveLength(5))
  const { rows } = await db.database.query(
    `select m.code || '=' || l.value as what from reading_latest l join metric m on m.id = l.metric_id order by 1`,
  )
  expect(rows.map(({ what }) => what)).toEqual(['co2=600', 'temperature=27.3', 'voltage=221.5'])
})

describe('a device that nobody has registered', () => {
  test('waits by the name it has with its edge node, birth and data', async () => {
    const edge = await connect(0, { name: 'B/e7' })
    await edge.data([{ alias: ALIAS.co2, int: 650 }])
    await until(async () =>
      expect((await deadLetters(db.database)).sort()).toEqual([
        'unregistered-device spBv1.0/B/DBIRTH/e7/d1',
        'unregistered-device spBv1.0/B/DDATA/e7/d1',
        'unregistered-device spBv1.0/B/NBIRTH/e7',
      ]),
    )
    const { rows } = await db.database.query(
      `select distinct detail from dead_letter l join dead_message m on m.id = l.message_id where m.topic like '%/d1'`,
    )
    expect(rows).toEqual([{ detail: 'no device is registered as sparkplug:B/e7/d1' }])
    expect(edge.asked).toBe(0)
  })
})

test('after a restart data by alias is read on, by the births in the database; births are asked for once, and nobody was offline', async () => {
  await connect(0)
  await isOnline()
  await ingest.stop()
  ingest = await startIngest({ databaseUrl: db.url })
  const since = Date.now()
  const edge = await connect(0, { births: false, clientId: 'after' })
  for (const int of [701, 702, 703]) {
    await edge.data([{ alias: ALIAS.co2, int }])
    await delay(5)
  }
  await until(async () =>
    expect((await readings(since)).filter((one) => one.includes('co2=70'))).toEqual([
      'room-1 co2=701',
      'room-1 co2=702',
      'room-1 co2=703',
    ]),
  )
  await until(async () => expect(edge.asked).toBe(1))
  expect(await deadLetters(db.database)).toEqual([])
  expect(await changes(db.database)).toBe(2)
})
