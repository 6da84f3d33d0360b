import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../../shared/node/clock.ts'
import { coerceError } from '../../shared/node/errors.ts'
import type { Logger } from '../../shared/node/log.ts'
import type { Commands, Intake } from '../message.ts'
import type { IngestMetrics } from '../metrics.ts'
import type { BrokerAddress } from '../mqtt/connection.ts'
import { forgetSession } from '../mqtt/forget-session.ts'
import { isTopicName } from '../mqtt/topic-filter.ts'
import { Source } from '../source.ts'
import { HeldSession } from './held-session.ts'
import { LEASE_MS, type Leases, type TakenSession } from './leases.ts'
import { SessionMemory } from './session-memory.ts'
import { fairShare, sessionFilters, sessionNames } from './session-names.ts'

export interface SessionsOptions {
  address: BrokerAddress
  /** MQTT_CLIENT_ID. */
  owner: string
  /** How many sessions all programs of this owner have together. */
  count: number
  filters: readonly string[]
  receiveMaximum: number
  leases: Leases
  /** Name of this program among those of its owner. */
  worker: string
  /** Told when a connection or a lease has changed. */
  onChange(): void
  intake: Intake
  clock: Clock
  metrics: IngestMetrics
  log: Logger
}

const ROUND_MS = LEASE_MS / 3
const LOOK_MS = 500
/** A session given to another program is emptied of what is under way first. */
const GIVE_BACK_MS = 2_000
/** A database that hangs does not keep the program from ending. */
const FAREWELL_MS = 300

/**
 * The sessions at the broker belong to the owner, not to a program: a broker goes on filling the session of a program
 * that has died, and nobody but its successor under the same name can get at it. Each program holds its fair share of
 * them by leases in the database, connects those and no others, and takes over what the dead have left.
 */
export class Sessions implements Commands {
  readonly #options: SessionsOptions
  readonly #names: readonly string[]
  readonly #filters: readonly string[]
  readonly #held = new Map<string, HeldSession>()
  /** No other program of this owner was alive at the last round. */
  #alone = true
  /** Others hold every session: this program stands by. */
  #standingBy = false
  #round: Promise<void> = Promise.resolve()
  #underWay = false
  #complained = false
  #stopping = false
  #timers: NodeJS.Timeout[] = []

  constructor(options: SessionsOptions) {
    this.#options = options
    this.#names = sessionNames(options.owner, options.count)
    this.#filters = sessionFilters(options.owner, options.count, options.filters)
  }

  async start(): Promise<void> {
    await this.#options.leases.declare(this.#names)
    this.#round = this.#goRound()
    await this.#round
    this.#timers = [
      setInterval(() => {
        if (!this.#underWay) this.#round = this.#goRound()
      }, ROUND_MS),
      setInterval(() => this.#closeInsecure(), LOOK_MS),
    ]
  }

  /** Whether everything this program should hold is connected and subscribed. */
  get connected(): boolean {
    if (this.#standingBy) return true
    const active = this.active
    return active.length > 0 && active.every(({ source }) => source.connected)
  }

  /** What this program holds, sessions of earlier settings left out, in order of their names. */
  get active(): HeldSession[] {
    return this.#names.flatMap((name) => this.#held.get(name) ?? [])
  }

  /** Whether the first session is ours: its holder looks after the broker for all. */
  get first(): HeldSession | undefined {
    return this.#held.get(this.#names[0]!)
  }

  publish(topic: string, payload: Buffer): void {
    const sent = isTopicName(topic) && this.active.some(({ source }) => source.publish(topic, payload))
    this.#options.metrics.command(sent)
  }

  /** Takes nothing more, lets what is held be committed and acknowledged, and gives the sessions back. */
  async stop(patienceMs: number): Promise<void> {
    this.#stopping = true
    for (const timer of this.#timers) clearInterval(timer)
    const { intake, leases, log } = this.#options
    await Promise.race([this.#round, delay(FAREWELL_MS)])
    const held = [...this.#held.values()]
    await Promise.all([intake.drained(patienceMs), ...held.map(({ source }) => source.stop(patienceMs))])
    const leaving = Promise.all([...held.map(({ clientId }) => leases.release(clientId)), leases.leave()])
    await Promise.race([leaving, delay(FAREWELL_MS)]).catch((error: unknown) => {
      log.debug({ error: coerceError(error).message }, 'leases not given back; they run out')
    })
  }

  async #goRound(): Promise<void> {
    const { leases, worker, log } = this.#options
    this.#underWay = true
    try {
      const workers = await leases.join()
      this.#alone = workers.length === 1
      for (const held of this.#held.values()) {
        if (!(await held.renew())) this.#close(held, 'another program holds it')
      }
      await this.#balance(fairShare(this.#names.length, workers.length, workers.indexOf(worker)))
      await this.#endRetired()
      this.#complained = false
    } catch (error) {
      if (!this.#complained)
        log.warn({ error: coerceError(error).message }, 'session leases cannot be renewed')
      this.#complained = true
    }
    this.#underWay = false
  }

  async #balance(share: number): Promise<void> {
    const { leases } = this.#options
    const active = this.active
    this.#standingBy = share === 0
    await Promise.all(active.slice(share).map((held) => this.#giveBack(held)))
    if (active.length >= share) return
    const wanted = this.#names.filter((name) => !this.#held.has(name))
    const takenAt = performance.now()
    for (const session of await leases.take(wanted, share - active.length)) {
      this.#hold(session, this.#filters, takenAt)
    }
  }

  async #giveBack(held: HeldSession): Promise<void> {
    await held.source.stop(GIVE_BACK_MS)
    this.#close(held, 'given to another program')
    await this.#options.leases.release(held.clientId)
  }

  /** Sessions of earlier settings would go on filling up: they are emptied, and end. */
  async #endRetired(): Promise<void> {
    const { leases, address } = this.#options
    for (const clientId of await leases.retired(this.#names)) {
      if (this.#held.has(clientId)) continue
      const takenAt = performance.now()
      for (const session of await leases.take([clientId], 1)) this.#hold(session, [], takenAt)
    }
    for (const held of this.#held.values()) {
      if (!held.retired || !held.emptied()) continue
      const { version } = held.source.state
      await held.source.stop(GIVE_BACK_MS)
      this.#close(held, 'of earlier settings, empty')
      await forgetSession(address, held.clientId, version)
      await leases.forget(held.clientId)
    }
  }

  #hold(session: TakenSession, filters: readonly string[], takenAt: number): void {
    if (this.#stopping) return
    const { address, receiveMaximum, leases, intake, clock, metrics, log, onChange } = this.#options
    const { clientId } = session
    const memory = new SessionMemory(session, (known) => leases.renew(clientId, known))
    const source = new Source({
      ...{ address, clientId, filters, memory, receiveMaximum, intake, clock, log, onChange },
      mayConnect: () => held.secure,
    })
    const held = new HeldSession({ clientId, source, memory, retired: filters.length === 0, takenAt })
    this.#held.set(clientId, held)
    metrics.sessions(this.#held.size)
    source.start()
    log.info({ clientId }, 'session taken')
    onChange()
  }

  /**
   * While the database cannot be asked, another program may get a session as soon as its lease has run out: then the
   * connection has been closed. A program that was alone keeps it: nobody can take it without the database, and a
   * newcomer who can is let in by the broker, which ends the older connection of a name [MQTT-3.1.4-3].
   */
  #closeInsecure(): void {
    if (this.#alone) return
    for (const held of this.#held.values()) if (!held.secure) this.#close(held, 'its lease has run out')
  }

  #close(held: HeldSession, why: string): void {
    const { metrics, log, onChange } = this.#options
    held.source.abandon(why)
    this.#held.delete(held.clientId)
    metrics.sessions(this.#held.size)
    log.info({ clientId: held.clientId, why }, 'session left')
    onChange()
  }
}
