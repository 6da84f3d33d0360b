import type { RouteReply } from '../../shared/contract/http.ts'
import type { SystemState } from '../../shared/contract/live.ts'
import type { Database } from '../../shared/db/connect.ts'
import type { Clock } from '../../shared/node/clock.ts'
import type { Board } from '../indicators/board.ts'

/** What the routes ask. */
export interface RouteParts {
  board: Board
  database: Database
  clock: Clock
  system: { current(): SystemState }
  /** Live sockets connected now. */
  walls(): number
  /** The parts beside this server and its database, as the status page shows them. */
  otherParts: readonly PartProbe[]
}

/** A part as the contract has it; most have found out nothing. */
export type PartReport = RouteReply<'status'>['parts'][number]

export type PartProbe = () => Promise<PartReport>
