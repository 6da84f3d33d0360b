import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog } from '../../node/log.ts'
import { connect } from '../connect.ts'
import { createBridge } from '../embedded/bridge.ts'
import { openEmbeddedDatabase } from '../embedded/database.ts'
import { migrate } from '../migrate.ts'
import { dumpSchema } from './dump-schema.ts'

/** `npm run schema`: writes shared/db/schema.sql from an empty embedded database that has been migrated. */
const folder = mkdtempSync(join(tmpdir(), 'ioc-schema-'))
const session = await openEmbeddedDatabase(folder)
const fail = (error: Error) => {
  console.error(`  ✗ ${error.message}`)
  process.exit(70)
}
const bridge = createBridge({ session, idleInTransactionMs: 60_000, onFault: fail })
const port = await bridge.listen(0, '127.0.0.1')
const database = connect({
  url: `postgres://postgres@127.0.0.1:${port}/postgres`,
  program: 'schema',
  connections: 1,
  statementTimeoutMs: 60_000,
  log: createLog('schema', 'error'),
})
try {
  await migrate(database)
  writeFileSync(new URL('../schema.sql', import.meta.url), await dumpSchema(database))
  console.log('shared/db/schema.sql')
} finally {
  await database.end()
  await bridge.close()
  await session.close()
  rmSync(folder, { recursive: true, force: true })
}
