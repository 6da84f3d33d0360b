import type { Board } from '../../../server/indicators/board.ts'
import type { PartProbe } from '../../../server/routes/parts.ts'
import { startWeb } from '../../../server/web.ts'
import { connect } from '../../../shared/db/connect.ts'
import { type ClockSetting, createClock, REAL_TIME } from '../../../shared/node/clock.ts'
import { Lifecycle } from '../../../shared/node/lifecycle.ts'
import type { Logger } from '../../../shared/node/log.ts'
import { silentLog } from '../../helpers/database.ts'

export interface Web {
  url: string
  stop(): Promise<void>
}

export interface WebOptions {
  board: Board
  databaseUrl: string
  clockSetting?: ClockSetting
  clientFolder?: string
  log?: Logger
  port?: number
  otherParts?: readonly PartProbe[]
}

/** The HTTP and live side of the server over a board of the test's own, on a free port. */
export async function startTestWeb(options: WebOptions): Promise<Web> {
  const log = options.log ?? silentLog
  const lifecycle = new Lifecycle(log)
  const clockSetting = options.clockSetting ?? REAL_TIME
  const database = connect({
    url: options.databaseUrl,
    program: 'tests',
    connections: 4,
    statementTimeoutMs: 10_000,
    log,
  })
  lifecycle.onStop('database', () => database.end())
  const parts = {
    board: options.board,
    database,
    clock: createClock(clockSetting),
    clockSetting,
    log,
    version: '0.0.0-test',
    host: '127.0.0.1',
    port: options.port ?? 0,
    clientFolder: options.clientFolder ?? '/nonexistent',
    otherParts: options.otherParts ?? [],
  }
  try {
    const url = await startWeb(parts, lifecycle)
    return { url, stop: () => lifecycle.stop() }
  } catch (error) {
    await lifecycle.stop()
    throw error
  }
}

/** An answer of the API: its status and its parsed body. */
export async function get(
  url: string,
  path: string,
): Promise<{ status: number; body: unknown; headers: Headers }> {
  const answer = await fetch(url + path)
  const text = await answer.text()
  const isJson = answer.headers.get('content-type')?.includes('json')
  return { status: answer.status, body: isJson ? JSON.parse(text) : text, headers: answer.headers }
}
