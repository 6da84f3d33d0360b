import { z } from 'zod'
import type { Finding } from '../../shared/contract/finding.ts'
import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import { coerceError } from '../../shared/node/errors.ts'
import type { Logger } from '../../shared/node/log.ts'
import type { IngestMetrics } from '../metrics.ts'
import { type BrokerAddress, brokerName } from '../mqtt/connection.ts'
import type { HeldSession } from '../sessions/held-session.ts'
import { readDroppedCount } from './dropped-count.ts'
import { FindingBoard } from './finding-board.ts'
import type { FindingCode } from './findings.ts'
import { type Knowledge, observe } from './observe.ts'
import { type ProbeResult, probe } from './probe.ts'

const NOTE_DROPPED = sql(import.meta.url, './sql/note-dropped.sql')
const Drops = z.object({
  increase: z.number(),
  increasedAt: z
    .date()
    .nullable()
    .transform((at) => at?.getTime()),
})

export interface CarePace {
  /** Between two looks at the broker. */
  everyMs: number
  /** Between two measurements of its queue, while nothing has changed. */
  probeEveryMs: number
}

export interface BrokerCareOptions {
  address: BrokerAddress
  /** MQTT_CLIENT_ID. */
  owner: string
  receiveMaximum: number
  /** What this program holds; the holder of the first session looks after the broker for all. */
  sessions: { readonly active: readonly HeldSession[]; readonly first: HeldSession | undefined }
  database: Queryable
  metrics: IngestMetrics
  log: Logger
  pace?: CarePace
}

const PACE: CarePace = { everyMs: 60_000, probeEveryMs: 3_600_000 }

/**
 * Looks after the broker: at the first connection and every minute, whether it does what nothing can be lost
 * without. It says what it finds; it changes nothing and stops nothing.
 */
export class BrokerCare {
  readonly #options: BrokerCareOptions
  readonly #pace: CarePace
  readonly #board: FindingBoard
  #probe: ProbeResult | undefined
  #probedAt: number | undefined
  #drops: Knowledge['drops']
  #looking = false
  #stopped = false
  #timer: NodeJS.Timeout | undefined

  constructor(options: BrokerCareOptions) {
    this.#options = options
    this.#pace = options.pace ?? PACE
    this.#board = new FindingBoard(options.metrics, options.log)
  }

  start(): void {
    this.#timer = setInterval(() => void this.#look(), this.#pace.everyMs)
    this.onChange()
  }

  stop(): void {
    this.#stopped = true
    clearInterval(this.#timer)
  }

  /** What holds now, worst first. */
  findings(): Finding[] {
    this.#show()
    return this.#board.findings
  }

  /** A connection or a lease has changed. */
  onChange(): void {
    if (this.#stopped) return
    if (this.#options.sessions.first === undefined) this.#forget()
    this.#show()
    if (this.#probedAt === undefined) void this.#look()
  }

  /** Another program does it now. */
  #forget(): void {
    this.#probe = undefined
    this.#probedAt = undefined
    this.#drops = undefined
  }

  async #look(): Promise<void> {
    const first = this.#options.sessions.first
    if (this.#stopped || this.#looking || !first?.source.connected) return
    this.#looking = true
    try {
      if (this.#probeIsDue(first)) await this.#measure(first)
      await this.#readDrops(first)
    } catch (error) {
      this.#options.log.debug({ error: coerceError(error).message }, 'the broker could not be looked at')
    }
    this.#looking = false
    if (!this.#stopped) this.#show()
  }

  /** A broker that had gone may have come back with other settings. */
  #probeIsDue(first: HeldSession): boolean {
    if (this.#probedAt === undefined) return true
    const { connectedAt = 0 } = first.source.state
    return connectedAt > this.#probedAt || Date.now() - this.#probedAt >= this.#pace.probeEveryMs
  }

  async #measure(first: HeldSession): Promise<void> {
    const { address, owner, receiveMaximum } = this.#options
    this.#probedAt = Date.now()
    this.#probe = await probe({ address, owner, receiveMaximum, version: first.source.state.version })
  }

  async #readDrops(first: HeldSession): Promise<void> {
    const { address, owner, database } = this.#options
    const dropped = await readDroppedCount(address, owner, first.source.state.version)
    if (dropped === undefined) {
      this.#drops = null
      return
    }
    const { rows } = await database.query(NOTE_DROPPED, [
      brokerName(address.url),
      dropped,
      this.#dropsOfOurs(),
    ])
    this.#drops = Drops.parse(rows[0])
  }

  /** What a probe did not get back counts as dropped too, as soon as the broker tells: by the second look at latest. */
  #dropsOfOurs(): boolean {
    const lossy = this.#probe?.outcome === 'measured' && this.#probe.kept < this.#probe.sent
    return lossy && Date.now() - (this.#probedAt ?? 0) < 2 * this.#pace.everyMs
  }

  #show(): void {
    const { address, sessions, receiveMaximum } = this.#options
    const known = sessions.active.map(({ clientId, source, memory }) => ({
      clientId,
      state: source.state,
      loss: memory.loss,
    }))
    const observed = observe(
      {
        broker: brokerName(address.url),
        sessions: known,
        receiveMaximum,
        probe: this.#probe,
        drops: this.#drops,
      },
      Date.now(),
    )
    // A source writes its own failure into the log when it meets it.
    const logged = new Set<FindingCode>(known.flatMap(({ state }) => state.failure?.code ?? []))
    this.#board.show(observed, Date.now(), logged)
  }
}
