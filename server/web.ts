import type { Database } from '../shared/db/connect.ts'
import type { Clock, ClockSetting } from '../shared/node/clock.ts'
import type { Lifecycle } from '../shared/node/lifecycle.ts'
import type { Logger } from '../shared/node/log.ts'
import { serveClient } from './http/client-files.ts'
import { close, createHttp, listen } from './http/create-http.ts'
import { createMetrics, serveMetrics } from './http/metrics.ts'
import { describeApi } from './http/openapi.ts'
import type { Board } from './indicators/board.ts'
import { Live } from './live/io.ts'
import { SystemStateSource } from './live/system-state.ts'
import { serveHealth } from './routes/health.ts'
import type { PartProbe } from './routes/parts.ts'
import { registerRoutes } from './routes/register.ts'
import { readEvents } from './sql/events.ts'

export interface WebParts {
  board: Board
  database: Database
  clock: Clock
  clockSetting: ClockSetting
  log: Logger
  version: string
  host: string
  port: number
  clientFolder: string
  otherParts: readonly PartProbe[]
}

/** Everything of the server that people and browsers reach, over any board. Returns the address it listens at. */
export async function startWeb(parts: WebParts, lifecycle: Lifecycle): Promise<string> {
  const { board, database, clock, log, version } = parts

  const system = new SystemStateSource(parts)
  await system.start()
  lifecycle.onStop('system state', () => system.stop())

  const live = new Live({
    board,
    system,
    clock,
    log,
    loadEvents: (tree, area, limit) => readEvents(database, { area, tree, now: clock.now(), limit }),
    meters: { sent: () => metrics.livePatches.inc(), skipped: (sockets) => metrics.liveSkipped.inc(sockets) },
  })
  const walls = () => live.sockets
  const metrics = createMetrics({ version, counts: () => board.counts(), sockets: walls })

  const http = createHttp(log)
  lifecycle.onStop('http', () => close(http))
  serveMetrics(http, metrics)
  await describeApi(http, version)
  await registerRoutes(http, { board, database, clock, system, walls, otherParts: parts.otherParts })
  serveHealth(http, { board, database })
  await serveClient(http, parts.clientFolder)

  live.start(http.server)
  lifecycle.onStop('live', () => live.stop())
  return listen(http, parts)
}
