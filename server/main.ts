import { readConfig } from '../shared/node/config.ts'
import { runProgram } from '../shared/node/lifecycle.ts'
import { createLog } from '../shared/node/log.ts'
import { startServer } from './app.ts'
import { ServerSettings } from './config.ts'

/** The program `server`: indicators, HTTP and the live link. */
const log = createLog('server', 'info')

await runProgram(log, async () => {
  const settings = readConfig(ServerSettings, process.env)
  log.level = settings.LOG_LEVEL
  return startServer(settings, log)
})
