import { parseArgs } from 'node:util'
import { coerceError, IocError } from '../../node/errors.ts'
import { createLog } from '../../node/log.ts'
import { connect } from '../connect.ts'
import { migrate } from '../migrate.ts'
import { seedReference } from '../seed.ts'
import { copyDatabase } from './copy-database.ts'

/** `npm run copy-database -- --from URL --to URL`: from the embedded database to a server, or back. */
const log = createLog('copy-database', process.env['LOG_LEVEL'] ?? 'warn')
const { values } = parseArgs({ options: { from: { type: 'string' }, to: { type: 'string' } } })
if (!values.from || !values.to) {
  console.error('Name both databases: npm run copy-database -- --from postgres://… --to postgres://…')
  process.exit(64)
}
const open = (url: string) =>
  connect({ url, program: 'copy-database', connections: 1, statementTimeoutMs: 600_000, log })
const from = open(values.from)
const to = open(values.to)
try {
  await migrate(from)
  await migrate(to)
  await seedReference(to, Date.now())
  await copyDatabase(from, to, ({ table, rows }) => console.log(`  ✓ ${table}: ${rows}`))
  console.log('Đã sao chép xong, số dòng hai bên bằng nhau (copied; counts agree on both sides).')
} catch (thrown) {
  console.error(`  ✗ ${coerceError(thrown).message}`)
  process.exitCode = thrown instanceof IocError ? thrown.exit : 70
} finally {
  await from.end()
  await to.end()
}
