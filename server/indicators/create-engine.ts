import type { AreaTree } from '../../shared/contract/area.ts'
import type { IndicatorDefinition, IndicatorValue } from '../../shared/contract/indicator.ts'
import { TICK_MS } from '../../shared/contract/live.ts'
import { type Database, isDiskFull, isPassing } from '../../shared/db/connect.ts'
import type { Clock } from '../../shared/node/clock.ts'
import { coerceError } from '../../shared/node/errors.ts'
import type { Logger } from '../../shared/node/log.ts'
import { LateHours } from '../feed/late-hours.ts'
import type { Board, BoardCounts, BoardTick } from './board.ts'
import { EngineRound } from './engine-round.ts'
import { statusAt } from './school-hours.ts'
import { schoolValues } from './school-values.ts'

export interface EngineOptions {
  database: Database
  clock: Clock
  log: Logger
  /** Least real time between saves, in milliseconds. */
  saveEveryMs?: number
}

export interface Engine extends Board {
  /** Loads the day and follows the journal by itself from then on. @throws when the first load fails. */
  start(): Promise<void>
  /** Ends the round that runs, and saves. */
  stop(): Promise<void>
  /** One round: what is new, counted and told. Rejects when the database fails; the state stays as it was. */
  tick(): Promise<void>
  /** Hours that got readings after they were over, for whoever keeps aggregates of them. */
  readonly lateHours: LateHours
}

/** After a failed round the next one waits this long. */
const PAUSE_AFTER_FAILURE_MS = 1_000

export function createEngine(options: EngineOptions): Engine {
  return new IndicatorEngine(options)
}

class IndicatorEngine implements Engine {
  readonly lateHours = new LateHours()
  readonly #options: EngineOptions
  readonly #round: EngineRound
  readonly #listeners = new Set<(tick: BoardTick) => void>()
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()
  #stopping = false
  #reachable = true
  #full = false

  constructor(options: EngineOptions) {
    this.#options = options
    this.#round = new EngineRound({
      database: options.database,
      lateHours: this.lateHours,
      saveEveryMs: options.saveEveryMs ?? 5_000,
    })
  }

  async start(): Promise<void> {
    await this.tick()
    this.#schedule(TICK_MS)
  }

  async stop(): Promise<void> {
    this.#stopping = true
    clearTimeout(this.#timer)
    await this.#running.catch(() => {})
    await this.#round.saveAll()
  }

  tick(): Promise<void> {
    this.#running = this.#running.catch(() => {}).then(() => this.#tick())
    return this.#running
  }

  definitions(): readonly IndicatorDefinition[] {
    return this.#round.definitions()
  }

  area(tree: AreaTree, code: string): readonly IndicatorValue[] | undefined {
    return this.#round.state?.board.node(tree, code)?.values
  }

  children(tree: AreaTree, code: string): readonly string[] {
    return this.#round.state?.board.node(tree, code)?.children ?? []
  }

  school(code: string): readonly IndicatorValue[] | undefined {
    const { state } = this.#round
    const school = state?.day.schools.find((found) => found.code === code)
    return state && school && schoolValues(state, school, this.#options.clock.now())
  }

  counts(): BoardCounts {
    const { state, follower } = this.#round
    const now = this.#options.clock.now()
    const schools = state?.day.schools ?? []
    const open = schools.map((school) => statusAt(state!.statuses[school.index]!, now)?.open)
    return {
      schools: schools.length,
      simulatedSchools: schools.filter((school) => school.simulated).length,
      openSchools: open.filter((is) => is === true).length,
      closedSchools: open.filter((is) => is === false).length,
      unreportedSchools: open.filter((is) => is === undefined).length,
      newestDataAt: state && state.newestDataAt > 0 ? state.newestDataAt : undefined,
      messagesPerSecond: follower?.messagesPerSecond() ?? 0,
      readingsPerSecond: follower?.readingsPerSecond() ?? 0,
      lagSeconds: follower?.lagSeconds ?? 0,
      closedSlotAt: this.#round.closedSlotAt,
      databaseReachable: this.#reachable,
      databaseFull: this.#full,
    }
  }

  subscribe(listener: (tick: BoardTick) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async #tick(): Promise<void> {
    const now = this.#options.clock.now()
    try {
      await this.#round.run(now, (tick) => this.#publish(tick))
      this.#noteReachable(true)
    } catch (thrown) {
      this.#noteReachable(false, thrown)
      throw thrown
    }
  }

  #publish(tick: BoardTick): void {
    if (tick.areas.length === 0 && tick.events.length === 0) return
    for (const listener of this.#listeners) {
      try {
        listener(tick)
      } catch (thrown) {
        this.#options.log.error({ error: coerceError(thrown).stack }, 'a listener of the board failed')
      }
    }
  }

  #noteReachable(reachable: boolean, thrown?: unknown): void {
    const { log } = this.#options
    const error = thrown === undefined ? undefined : coerceError(thrown)
    const full = isDiskFull(thrown)
    if (error && !isPassing(thrown)) log.error({ error: error.stack }, 'a round of the engine failed')
    else if (error && this.#reachable) {
      const what = full ? 'the disk of the database is full' : 'the database cannot be read'
      log.warn({ error: error.message }, what)
    } else if (reachable && !this.#reachable) log.info('the database can be used again')
    this.#reachable = reachable
    this.#full = full
  }

  #schedule(wait: number): void {
    if (this.#stopping) return
    this.#timer = setTimeout(() => {
      const began = Date.now()
      this.tick().then(
        () => this.#schedule(Math.max(0, TICK_MS - (Date.now() - began))),
        () => this.#schedule(PAUSE_AFTER_FAILURE_MS),
      )
    }, wait)
  }
}
