import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { createBridge } from '../../shared/db/embedded/bridge.ts'
import { openEmbeddedDatabase } from '../../shared/db/embedded/database.ts'
import { prepareSchema } from './prepare-schema.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    databaseTemplate: string
  }
}

/** Prepared once a run; the projects of a run share it. */
let prepared: Promise<string> | undefined

/**
 * Makes the template every database test starts from: a migrated, seeded cluster folder, or with TEST_DATABASE_URL
 * a database of that server. Test files clone it.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // On a server each clone is migrated by itself: TimescaleDB does not promise templates with hypertables.
  prepared ??= process.env['TEST_DATABASE_URL'] ? Promise.resolve('') : prepareFolder()
  const ready = prepared
  project.provide('databaseTemplate', await ready)
  return async () => {
    const template = await ready
    if (template && existsSync(template)) rmSync(template, { recursive: true, force: true })
  }
}

async function prepareFolder(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'ioc-template-'))
  const session = await openEmbeddedDatabase(join(folder, 'cluster'))
  const bridge = createBridge({
    session,
    idleInTransactionMs: 60_000,
    onFault: (error) => console.error(error),
  })
  const port = await bridge.listen(0, '127.0.0.1')
  await prepareSchema(`postgres://postgres@127.0.0.1:${port}/postgres`)
  await bridge.close()
  await session.close()
  return folder
}
