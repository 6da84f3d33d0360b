import { readFileSync } from 'node:fs'
import { readConfig } from '../shared/node/config.ts'
import { runProgram } from '../shared/node/lifecycle.ts'
import { createLog } from '../shared/node/log.ts'
import { startApp } from './app.ts'
import { IngestSettings } from './config.ts'

const log = createLog('ingest', process.env['LOG_LEVEL'] ?? 'info')

await runProgram(log, async () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  const app = await startApp(readConfig(IngestSettings, process.env), log, version)
  app.metrics.observeProcess()
  return app
})
