import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Descriptions } from '../../ingest/descriptions.ts'
import { storeDescriptions } from '../../ingest/store/descriptions.ts'
import { readTopicMap, SHIPPED_MAP } from '../../ingest/topic-map.ts'
import type { Description, VendorName } from '../../ingest/vendor.ts'
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts'
import { message, NOW } from './messages.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())
beforeEach(() => db.database.query('truncate device_description'))

const map = readTopicMap(SHIPPED_MAP)
const NODE: VendorName = { format: 'sparkplug', name: 'A/e1' }
const said = (body: unknown, at = NOW, vendor = NODE): Description => ({
  message: message('', ''),
  vendor,
  at,
  body,
})
const keep = (...all: Description[]) => storeDescriptions(db.database, all)
/** What a message of this edge node needs. */
const needed = [message('spBv1.0/A/NDATA/e1', '')]

test('a description is loaded when a message needs it, and not before', async () => {
  await keep(said({ is: 'first' }))
  const descriptions = new Descriptions(db.database, { shared: false })
  expect(descriptions.get(NODE)).toBeUndefined()
  await descriptions.prepare([message('spBv1.0/A/NDATA/e2', ''), message('ioc/v1/TH-01/status', '{}')], map)
  expect(descriptions.get(NODE)).toBeUndefined()
  await descriptions.prepare(needed, map)
  expect(descriptions.get(NODE)).toEqual({ is: 'first' })
})

test('an older description never replaces a newer one, in memory and in the database', async () => {
  const descriptions = new Descriptions(db.database, { shared: false })
  descriptions.remember([said({ is: 'new' }, NOW), said({ is: 'old' }, NOW - 1)])
  expect(descriptions.get(NODE)).toEqual({ is: 'new' })
  await keep(said({ is: 'new' }, NOW))
  await keep(said({ is: 'old' }, NOW - 1))
  const other = new Descriptions(db.database, { shared: false })
  await other.prepare(needed, map)
  expect(other.get(NODE)).toEqual({ is: 'new' })
})

test('of two descriptions in one millisecond the later one counts', async () => {
  await keep(said({ is: 'first' }), said({ is: 'second' }), said({ is: 'third' }))
  await keep(said({ is: 'fourth' }), said({ is: 'fifth' }))
  const descriptions = new Descriptions(db.database, { shared: false })
  await descriptions.prepare(needed, map)
  expect(descriptions.get(NODE)).toEqual({ is: 'fifth' })
})

test('programs that share the load see what another has stored; one that is alone does not ask again', async () => {
  await keep(said({ is: 'first' }))
  const sharing = new Descriptions(db.database, { shared: true })
  const alone = new Descriptions(db.database, { shared: false })
  for (const one of [sharing, alone]) await one.prepare(needed, map)
  await keep(said({ is: 'second' }, NOW + 1))
  for (const one of [sharing, alone]) await one.prepare(needed, map)
  expect([sharing.get(NODE), alone.get(NODE)]).toEqual([{ is: 'second' }, { is: 'first' }])
})

test('what is held is the same object while nothing newer is known', async () => {
  await keep(said({ is: 'first' }))
  const sharing = new Descriptions(db.database, { shared: true })
  await sharing.prepare(needed, map)
  const held = sharing.get(NODE)
  await sharing.prepare(needed, map)
  expect(sharing.get(NODE)).toBe(held)
})

test('memory is bounded: what has not been needed for longest is dropped, and loaded when it is needed again', async () => {
  const large = 'x'.repeat(1_048_576)
  const vendor = (at: number): VendorName => ({ format: 'sparkplug', name: `B/e${at}` })
  const speaks = (at: number) => [message(`spBv1.0/B/NDATA/e${at}`, '')]
  await keep(...[0, 1].map((at) => said({ at, large }, NOW, vendor(at))))
  const descriptions = new Descriptions(db.database, { shared: false })
  descriptions.remember([0, 1].map((at) => said({ at, large }, NOW, vendor(at))))
  for (let at = 2; at < 63; at++) descriptions.remember([said({ at, large }, NOW, vendor(at))])
  await descriptions.prepare(speaks(0), map)
  descriptions.remember([63, 64].map((at) => said({ at, large }, NOW, vendor(at))))
  expect(descriptions.get(vendor(0))).toMatchObject({ at: 0 })
  expect(descriptions.get(vendor(1))).toBeUndefined()
  await descriptions.prepare(speaks(1), map)
  expect(descriptions.get(vendor(1))).toMatchObject({ at: 1 })
})
