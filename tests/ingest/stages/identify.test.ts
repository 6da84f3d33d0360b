import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Batch, Decodable } from '../../../ingest/records.ts'
import { Registry } from '../../../ingest/registry.ts'
import { identify } from '../../../ingest/stages/identify.ts'
import type { VendorConnection } from '../../../ingest/vendor.ts'
import { createTestDatabase, silentLog, type TestDatabase } from '../../helpers/database.ts'
import { registerEdge } from '../decoders/sparkplug/rows.ts'
import { message, NOW } from '../messages.ts'
import { addSchools } from '../registry-fixture.ts'

let db: TestDatabase
let registry: Registry
beforeAll(async () => {
  db = await createTestDatabase()
  await addSchools(db.database)
  registry = new Registry(db.database, silentLog)
  await registry.refresh()
})
afterAll(() => db.drop())

const offline = (name: string, andBelow: boolean): VendorConnection => ({
  kind: 'connection',
  message: message('spBv1.0/A/NDEATH/e1', ''),
  vendor: { format: 'sparkplug', name },
  path: '',
  at: NOW,
  online: false,
  andBelow,
})
const named = async (...records: Decodable[]) => {
  const nothing = { duplicates: [], letters: [], descriptions: [], ignored: new Map(), commands: [] }
  const batch: Batch<Decodable> = { ...nothing, messages: [], records }
  const { records: drafts, letters } = await identify(batch, registry)
  return {
    devices: drafts.map((one) => ('device' in one ? `${one.school}/${one.device}` : '')),
    waiting: letters.map(({ reason, vendor }) => `${reason} ${vendor?.name}`),
  }
}

test('a name works as soon as it is registered; before, the message waits for it', async () => {
  expect(await named(offline('A/e1/d1', false))).toEqual({
    devices: [],
    waiting: ['unregistered-device A/e1/d1'],
  })
  await registerEdge(db.database)
  expect(await named(offline('A/e1/d1', false))).toEqual({ devices: ['TH-01/room-1'], waiting: [] })
})

test('what is said of an edge node and all behind it is said of each registered device, by its own name', async () => {
  const { devices, waiting } = await named(offline('A/e1', true))
  expect(devices.sort()).toEqual(['TH-01/gate-1', 'TH-01/room-1', 'TH-01/room-2'])
  expect(waiting).toEqual([])
})

test('a name is below another only after a slash: A/e1 is not above A/e10, and what is not registered waits', async () => {
  await db.database.query(
    `insert into device_alias (format, name, device_id) select 'sparkplug', 'A/e10/d1', id from device where code = 'room-old'`,
  )
  await db.database.query('update registry_version set version = version + 1')
  await registry.refresh()
  expect((await named(offline('A/e1', true))).devices).toHaveLength(3)
  expect(await named(offline('A/e10', true))).toEqual({
    devices: ['TH-01/room-old'],
    waiting: ['unregistered-device A/e10'],
  })
})
