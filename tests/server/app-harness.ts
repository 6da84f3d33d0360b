import { startServer as startApp } from '../../server/app.ts'
import { ServerSettings } from '../../server/config.ts'
import { type ClockSetting, formatClock } from '../../shared/node/clock.ts'
import { readConfig } from '../../shared/node/config.ts'
import type { Logger } from '../../shared/node/log.ts'
import { silentLog } from '../helpers/database.ts'

export interface ServerOptions {
  databaseUrl: string
  /** The clock the province is shown at; unset: real time. */
  clock?: ClockSetting
  /** Unset: a free one is found. */
  port?: number
  log?: Logger
  /** More settings, as in the environment. */
  environment?: Record<string, string>
}

/** The whole server in this process, from its settings on, over a real database. */
export function startServer(options: ServerOptions): Promise<{ url: string; stop(): Promise<void> }> {
  const settings = readConfig(ServerSettings, {
    DATABASE_URL: options.databaseUrl,
    PORT: `${options.port ?? 0}`,
    IOC_CLOCK: options.clock && formatClock(options.clock),
    ...options.environment,
  })
  return startApp(settings, options.log ?? silentLog)
}
