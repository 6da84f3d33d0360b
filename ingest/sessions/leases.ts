import { z } from 'zod'
import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import type { KnownSession } from './session-memory.ts'

const DECLARE = sql(import.meta.url, './sql/declare-sessions.sql')
const JOIN = sql(import.meta.url, './sql/join-workers.sql')
const TAKE = sql(import.meta.url, './sql/take-sessions.sql')
const RENEW = sql(import.meta.url, './sql/renew-session.sql')
const RETIRED = sql(import.meta.url, './sql/retired-sessions.sql')
const RELEASE = sql(import.meta.url, './sql/release-session.sql')
const FORGET = sql(import.meta.url, './sql/forget-session.sql')
const LEAVE = sql(import.meta.url, './sql/leave-workers.sql')

/** A dead program's sessions are free after this; a living one renews three times as often. */
export const LEASE_MS = 15_000

const moment = z
  .date()
  .nullable()
  .transform((at) => at?.getTime())
const TakenSession = z.object({
  clientId: z.string(),
  filters: z.array(z.string()),
  settled: z.boolean(),
  seenAt: moment,
  lostAt: moment,
  lostAfterMs: z
    .number()
    .nullable()
    .transform((ms) => ms ?? undefined),
})
export type TakenSession = z.infer<typeof TakenSession>

export interface LeaseOptions {
  database: Queryable
  /** host:port. */
  broker: string
  owner: string
  /** Name of this program among those of its owner. */
  worker: string
}

/** Which ingest program holds which session: rows with a time until which they hold, by the clock of the database. */
export class Leases {
  readonly #options: LeaseOptions

  constructor(options: LeaseOptions) {
    this.#options = options
  }

  /** Sees to it that the sessions have a row. */
  async declare(clientIds: readonly string[]): Promise<void> {
    const { database, broker, owner } = this.#options
    await database.query(DECLARE, [broker, owner, clientIds])
  }

  /** Says that this program is alive; gives the names of all that are, the longest running first. */
  async join(): Promise<string[]> {
    const { database, broker, owner, worker } = this.#options
    const { rows } = await database.query<{ worker: string }>(JOIN, [broker, owner, worker, LEASE_MS])
    return rows.map((row) => row.worker)
  }

  /** Takes at most `most` of these sessions that nobody else holds. */
  async take(clientIds: readonly string[], most: number): Promise<TakenSession[]> {
    const { database, broker, owner, worker } = this.#options
    const { rows } = await database.query(TAKE, [broker, owner, clientIds, worker, LEASE_MS, most])
    return z.array(TakenSession).parse(rows)
  }

  /** Keeps a session and saves what is known of it. False: it is ours no longer. */
  async renew(clientId: string, known: KnownSession): Promise<boolean> {
    const { database, broker, worker } = this.#options
    const at = (ms: number | undefined) => (ms === undefined ? null : new Date(ms))
    const { filters, settled, seenAt, lostAt, lostAfterMs } = known
    const { rows } = await database.query(RENEW, [
      ...[broker, clientId, worker, LEASE_MS],
      ...[filters, settled, at(seenAt), at(lostAt), lostAfterMs ?? null],
    ])
    return rows.length === 1
  }

  /** Sessions of earlier settings that may be ended now: all of today's are subscribed. */
  async retired(clientIds: readonly string[]): Promise<string[]> {
    const { database, broker, owner } = this.#options
    const { rows } = await database.query<{ clientId: string }>(RETIRED, [broker, owner, clientIds])
    return rows.map((row) => row.clientId)
  }

  async release(clientId: string): Promise<void> {
    const { database, broker, worker } = this.#options
    await database.query(RELEASE, [broker, clientId, worker])
  }

  /** The broker has it no more. */
  async forget(clientId: string): Promise<void> {
    const { database, broker, worker } = this.#options
    await database.query(FORGET, [broker, clientId, worker])
  }

  async leave(): Promise<void> {
    const { database, broker, owner, worker } = this.#options
    await database.query(LEAVE, [broker, owner, worker])
  }
}
