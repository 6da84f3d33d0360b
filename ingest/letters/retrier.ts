import type { WaitingReason } from '../../shared/contract/dead-letter.ts'
import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import { coerceError } from '../../shared/node/errors.ts'
import type { Logger } from '../../shared/node/log.ts'
import type { Intake } from '../message.ts'
import { carryThrough } from './carry-through.ts'
import type { Known, Waiting } from './known.ts'
import { LEASE_SECONDS } from './lease.ts'
import { retry } from './retry.ts'

const WAITING_NAMES = sql(import.meta.url, '../sql/waiting-names.sql')

/**
 * A look without anybody's word: for what was refused by a registry that had moved on before its letter was stored,
 * and for leases of a program that was killed.
 */
const LOOK_MS = 15_000

export interface RetrierOptions {
  database: Queryable
  intake: Intake
  isKnown: Known
  log: Logger
  /** @defaultValue 15,000 */
  lookEveryMs?: number
}

/**
 * Carries messages again that waited for a registration or a birth, as soon as it is there: a page at a time
 * through the intake of everything else, so that live messages keep nearly all of the room.
 */
export class Retrier {
  readonly #options: RetrierOptions
  readonly #stopping = new AbortController()
  /** Known, but all came back: not tried again before something has changed. */
  readonly #idle = new Set<string>()
  #running = false
  #again = false
  #timer: NodeJS.Timeout | undefined

  constructor(options: RetrierOptions) {
    this.#options = options
  }

  start(): void {
    this.nudge()
  }

  /** The registry has moved, or a birth has come: what waited may be known now. */
  nudge(): void {
    this.#idle.clear()
    this.#again = true
    this.#run()
  }

  /**
   * Hands nothing more in. What was handed in is carried to its end by those who drain the intake; a database that
   * hangs is not waited for.
   */
  stop(): void {
    this.#stopping.abort()
    clearTimeout(this.#timer)
  }

  #run(): void {
    if (this.#running || this.#stopping.signal.aborted) return
    clearTimeout(this.#timer)
    this.#again = false
    this.#running = true
    void this.#look()
      .catch((error: unknown) =>
        this.#options.log.debug({ error: coerceError(error).message }, 'waiting messages not looked at'),
      )
      .finally(() => {
        this.#running = false
        if (this.#again) this.#run()
        else this.#schedule()
      })
  }

  #schedule(): void {
    if (this.#stopping.signal.aborted) return
    this.#timer = setTimeout(() => this.#run(), this.#options.lookEveryMs ?? LOOK_MS)
  }

  async #look(): Promise<void> {
    const { database, isKnown } = this.#options
    const { rows } = await database.query<{ reason: WaitingReason; format: string; name: string }>(
      WAITING_NAMES,
    )
    for (const waiting of rows) {
      if (this.#stopping.signal.aborted) return
      if (!this.#idle.has(keyOf(waiting)) && (await isKnown(waiting))) await this.#retry(waiting)
    }
  }

  async #retry(waiting: Waiting): Promise<void> {
    const { database, intake, log } = this.#options
    const { signal } = this.#stopping
    const { reason, format, name } = waiting
    const counts = await retry({
      database,
      filter: { reason, format, device: name },
      carry: (messages) => carryThrough(intake, messages, { signal, patienceMs: LEASE_SECONDS * 1000 }),
      signal,
    })
    if (counts.messages === 0) return
    if (counts.stored + counts.duplicate === 0) this.#idle.add(keyOf(waiting))
    log.info({ reason, format, name, ...counts }, 'waiting messages were carried again')
  }
}

function keyOf({ reason, format, name }: Waiting): string {
  return `${reason} ${format} ${name}`
}
