import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { connect } from '../../../shared/db/connect.ts'
import { type Bridge, createBridge } from '../../../shared/db/embedded/bridge.ts'
import { type EmbeddedDatabase, openEmbeddedDatabase } from '../../../shared/db/embedded/database.ts'
import { silentLog } from '../../helpers/database.ts'
import { prepareSchema } from '../../helpers/prepare-schema.ts'

const root = mkdtempSync(join(tmpdir(), 'ioc-embedded-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

async function open(): Promise<{ session: EmbeddedDatabase; bridge: Bridge; url: string }> {
  const session = await openEmbeddedDatabase(join(root, 'cluster'))
  const bridge = createBridge({
    session,
    idleInTransactionMs: 60_000,
    onFault: (error) => console.error(error),
  })
  const port = await bridge.listen(0, '127.0.0.1')
  return { session, bridge, url: `postgres://postgres@127.0.0.1:${port}/postgres` }
}

test('a cluster opened again still writes, aggregates, compresses and drops', async () => {
  const first = await open()
  await prepareSchema(first.url)
  await first.bridge.close()
  await first.session.close()

  const { session, bridge, url } = await open()
  const database = connect({
    url,
    program: 'tests',
    connections: 1,
    statementTimeoutMs: 30_000,
    log: silentLog,
  })
  const insert = `insert into reading select '2026-11-01T00:00:00Z'::timestamptz + g * interval '1 minute', 1, 1, g, 0
    from generate_series(1, 2000) g on conflict do nothing`
  await database.query(insert)
  await database.query(`call refresh_continuous_aggregate('reading_1m', null, null)`)
  await database.query(`select compress_chunk(c) from show_chunks('reading') c`)
  expect((await database.query(insert)).rowCount).toBe(0)
  expect((await database.query('select count(*) as n from reading_1m')).rows).toEqual([{ n: 2000 }])
  await database.query(`select drop_chunks('reading', '2026-11-02T00:00:00Z'::timestamptz)`)
  expect((await database.query('select count(*) as n from reading')).rows).toEqual([{ n: 2000 - 1439 }])
  await database.end()
  await bridge.close()
  await session.close()
})
