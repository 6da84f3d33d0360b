import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Leases } from '../../../ingest/sessions/leases.ts'
import type { KnownSession } from '../../../ingest/sessions/session-memory.ts'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())
beforeEach(() => db.database.query('truncate broker_session, ingest_worker'))

const NAMES = ['ioc-1', 'ioc-2', 'ioc-3']
const NEW: KnownSession = {
  filters: ['$share/ioc/ioc/v1/#'],
  settled: true,
  seenAt: Date.parse('2026-11-23T01:00:00Z'),
  lostAt: undefined,
  lostAfterMs: undefined,
}
const of = (worker: string) =>
  new Leases({ database: db.database, broker: 'broker:1883', owner: 'ioc', worker })
const taken = async (leases: Leases, most: number) =>
  (await leases.take(NAMES, most)).map(({ clientId }) => clientId).sort()
/** As after a kill -9 a lease's time ago. */
const runOut = () =>
  db.database.query(`update broker_session set held_until = clock_timestamp() - interval '1 ms'`)

test('a session is held by one program only, whoever asks at the same time', async () => {
  const [a, b] = [of('a'), of('b')]
  await Promise.all([a.declare(NAMES), b.declare(NAMES)])
  const [first, second] = await Promise.all([taken(a, 2), taken(b, 3)])
  expect([...first, ...second].sort()).toEqual(NAMES)
})

test('a lease that has run out is free for others, and its former holder cannot renew it', async () => {
  const [a, b] = [of('a'), of('b')]
  await a.declare(NAMES)
  expect(await taken(a, 3)).toEqual(NAMES)
  expect(await taken(b, 3)).toEqual([])
  await runOut()
  // Nobody has taken it yet: it is still a's to renew.
  expect(await a.renew('ioc-1', NEW)).toBe(true)
  expect(await taken(b, 3)).toEqual(['ioc-2', 'ioc-3'])
  expect(await a.renew('ioc-2', NEW)).toBe(false)
})

test('a program started again under its name has its leases back at once', async () => {
  await of('a').declare(NAMES)
  expect(await taken(of('a'), 3)).toEqual(NAMES)
  expect(await taken(of('a'), 3)).toEqual(NAMES)
})

test('what is known of a session goes with it to the next holder', async () => {
  const lost: KnownSession = { ...NEW, lostAt: Date.parse('2026-11-23T02:00:00Z'), lostAfterMs: 90_000 }
  await of('a').declare(['ioc-1'])
  await of('a').take(['ioc-1'], 1)
  await of('a').renew('ioc-1', lost)
  await of('a').release('ioc-1')
  expect(await of('b').take(['ioc-1'], 1)).toEqual([{ clientId: 'ioc-1', ...lost }])
})

test('programs alive are listed, the longest running first; one that leaves or dies is not', async () => {
  const [a, b] = [of('z'), of('b')]
  expect(await a.join()).toEqual(['z'])
  expect(await b.join()).toEqual(['z', 'b'])
  expect(await a.join()).toEqual(['z', 'b'])
  await a.leave()
  expect(await b.join()).toEqual(['b'])
  await db.database.query(`update ingest_worker set alive_until = clock_timestamp() - interval '1 ms'`)
  expect(await a.join()).toEqual(['z'])
})

test("sessions of earlier settings may be ended when all of today's are subscribed, and not before", async () => {
  const leases = of('a')
  await leases.declare(['ioc', 'ioc-1', 'ioc-2'])
  const today = ['ioc-1', 'ioc-2']
  await leases.take(today, 2)
  await leases.renew('ioc-1', NEW)
  expect(await leases.retired(today)).toEqual([])
  await leases.renew('ioc-2', NEW)
  expect(await leases.retired(today)).toEqual(['ioc'])
})
