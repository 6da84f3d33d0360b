import { join } from 'node:path'
import { z } from 'zod'
import { port, readConfig } from '../../node/config.ts'
import { refuseFullDisk } from '../../node/disk.ts'
import { errorCode, IocError } from '../../node/errors.ts'
import { lockFolder } from '../../node/folder-lock.ts'
import { Lifecycle, type Program, runProgram } from '../../node/lifecycle.ts'
import { createLog } from '../../node/log.ts'
import { createBridge } from './bridge.ts'
import { openEmbeddedDatabase } from './database.ts'

/** The embedded database as a program of its own: TimescaleDB in WebAssembly behind the Postgres protocol. */
export const EmbeddedSettings = z.object({
  EMBEDDED_DB_PORT: port(5433).describe('port of the embedded database, on loopback only'),
  DATA_DIR: z.string().min(1).default('./data').describe('folder of the embedded database and the lock'),
})

const log = createLog('database', process.env['LOG_LEVEL'] ?? 'info')

await runProgram(log, async (): Promise<Program> => {
  const config = readConfig(EmbeddedSettings, process.env)
  const lifecycle = new Lifecycle(log)
  const folder = join(config.DATA_DIR, 'timescaledb')
  const lock = lockFolder(folder)
  lifecycle.onStop('folder lock', () => lock.release())
  try {
    const database = await openEmbeddedDatabase(join(folder, 'cluster')).catch((error: unknown) => {
      refuseFullDisk(folder, errorCode(error))
      throw error
    })
    lifecycle.onStop('database', () => database.close())
    const bridge = createBridge({
      session: database,
      idleInTransactionMs: 15_000,
      onFault: (error) => {
        // The single session is in an unknown state: better to start again from what is on disk.
        log.fatal({ error: error.message }, 'the embedded database failed')
        process.exit(70)
      },
    })
    const bound = await bridge.listen(config.EMBEDDED_DB_PORT, '127.0.0.1').catch((error: unknown) => {
      if (errorCode(error) !== 'EADDRINUSE') throw error
      throw new IocError('port-taken', {
        port: config.EMBEDDED_DB_PORT,
        host: '127.0.0.1',
        setting: 'EMBEDDED_DB_PORT',
      })
    })
    lifecycle.onStop('listener', () => bridge.close())
    log.info({ port: bound }, 'ready')
  } catch (error) {
    await lifecycle.stop()
    throw error
  }
  return { stop: () => lifecycle.stop() }
})
