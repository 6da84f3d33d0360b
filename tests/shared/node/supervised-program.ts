import { IocError } from '../../../shared/node/errors.ts'
import { runProgram } from '../../../shared/node/lifecycle.ts'
import { createLog } from '../../../shared/node/log.ts'

/** Run as a process of its own by supervise.test.ts. */
await runProgram(createLog('probe', 'silent'), async () => {
  if (process.env['DOES'] === 'refuse')
    throw new IocError('port-taken', { port: 1, host: 'here', setting: 'PORT' })
  if (process.env['DOES'] === 'vanish') process.exit(3)
  const timer = setInterval(() => {}, 1_000)
  return { stop: async () => clearInterval(timer) }
})
