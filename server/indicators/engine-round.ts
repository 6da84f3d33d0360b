import type { IndicatorDefinition } from '../../shared/contract/indicator.ts'
import type { Queryable } from '../../shared/db/connect.ts'
import { addDays, DAY_MS, dayOf, SLOT_MS, slotOf, startOfDay } from '../../shared/domain/time.ts'
import { JournalFollower } from '../feed/follower.ts'
import type { LateHours } from '../feed/late-hours.ts'
import type { BoardTick } from './board.ts'
import { Catalogue, DayLimits } from './catalogue.ts'
import { Changes } from './changes.ts'
import { closeSlot, GRACE_MS } from './close-slot.ts'
import type { DayState } from './day-state.ts'
import { evaluateAll, evaluateChanged } from './evaluate.ts'
import { EventLog } from './events/event-log.ts'
import { History } from './history.ts'
import { Ledger } from './ledger.ts'
import { ensureWindow, loadOpenWindows, loadPrevious, loadState } from './load-state.ts'
import { loadRegistry, loadRegistryVersion } from './registry.ts'
import { Repairer } from './repair.ts'
import { RepairQueue } from './repair-queue.ts'
import { Saver } from './saver.ts'

export interface RoundParts {
  database: Queryable
  lateHours: LateHours
  saveEveryMs: number
}

/** How often, by the clock of the province, everything is looked at again because time has passed. */
const LOOK_AGAIN_MS = 5_000
/** How often, in real time, the registry is asked whether it changed. */
const REGISTRY_POLL_MS = 2_000
/** What a round may spend, in real time, on each kind of work that can wait for the next. */
const CLOSING_MS = 150
const BACKGROUND_MS = 100

/** One round after another: load, follow, close, look, tell, and then what can wait. Rounds must not overlap. */
export class EngineRound {
  state: DayState | undefined
  follower: JournalFollower | undefined
  readonly #parts: RoundParts
  readonly #catalogue = new Catalogue()
  readonly #ledger = new Ledger()
  readonly #repairs = new RepairQueue()
  readonly #changes: Changes
  readonly #events: EventLog
  readonly #history: History
  #repairer: Repairer
  #saver: Saver | undefined
  #registryReadAt = 0
  #lookedAt = 0
  #slot = 0
  #begunAt = 0
  #isNew = false

  constructor(parts: RoundParts) {
    const { database, lateHours } = parts
    this.#parts = parts
    this.#changes = new Changes(database, this.#repairs, lateHours)
    this.#events = new EventLog(database)
    this.#history = new History(database)
    this.#repairer = new Repairer(database, this.#repairs)
  }

  definitions(): IndicatorDefinition[] {
    const limits = this.state?.limits ?? new DayLimits([], '')
    return limits.definitions(this.#catalogue.entries)
  }

  get closedSlotAt(): number | undefined {
    return this.state && this.state.closedUntil - SLOT_MS
  }

  async run(now: number, tell: (tick: BoardTick) => void): Promise<void> {
    const { state, follower } = await this.#ready(now)
    const caughtUp = await follower.follow((row) => this.#changes.take(state, row, follower.position, now))
    const hasNewStatus = await this.#changes.read(state, now)
    if (slotOf(now) !== this.#slot) await loadOpenWindows(this.#parts.database, state, now)
    this.#slot = slotOf(now)
    const closed = caughtUp && (await this.#closeDue(state, now))
    const looksAgain = closed || hasNewStatus || this.#isNew || now - this.#lookedAt >= LOOK_AGAIN_MS
    if (looksAgain) {
      this.#lookedAt = now
      evaluateAll(state, now)
    } else evaluateChanged(state, now)
    const changed = state.board.evaluate(now)
    if (looksAgain && caughtUp) await this.#events.detect(state, now)
    const areas = this.#isNew ? everything(state) : changed
    this.#isNew = false
    // Values are told even when the events cannot be stored now.
    let events: BoardTick['events'] = []
    try {
      events = await this.#events.store()
    } finally {
      tell({ at: now, areas, events })
    }
    if (closed && state.closedUntil + SLOT_MS + GRACE_MS > now)
      this.#history.take(state.board, state.closedUntil)
    await this.#doWhatCanWait(state, follower, now)
  }

  /** Saves everything there is to save. */
  async saveAll(): Promise<void> {
    const { state, follower } = this
    if (!state || !follower || !this.#saver) return
    while (this.#saver.isSaving) await this.#saver.advance(BACKGROUND_MS)
    this.#begin(this.#saver, state, follower)
    while (this.#saver.isSaving) await this.#saver.advance(BACKGROUND_MS)
    while (this.#history.waiting > 0) await this.#history.advance(BACKGROUND_MS)
  }

  /** The state of today, loaded when there is none, the registry changed, the day is over or the journal was lost. */
  async #ready(now: number): Promise<{ state: DayState; follower: JournalFollower }> {
    const { state, follower } = this
    if (state && follower && !(await this.#isOld(state, follower, now))) return { state, follower }
    await this.saveAll()
    const { database } = this.#parts
    const registry = await loadRegistry(database)
    const loaded = await loadState({
      database,
      registry,
      catalogue: this.#catalogue,
      ledger: this.#ledger,
      repairs: this.#repairs,
      now,
      before: state,
    })
    evaluateAll(loaded.state, now)
    loaded.state.board.evaluate(now)
    this.#changes.clear()
    this.#repairer = new Repairer(database, this.#repairs)
    this.#saver = new Saver(database, this.#ledger, loaded.savedAt)
    this.follower = new JournalFollower(database, loaded.position)
    this.state = loaded.state
    this.#isNew = true
    return { state: loaded.state, follower: this.follower }
  }

  async #isOld(state: DayState, follower: JournalFollower, now: number): Promise<boolean> {
    const isOver = dayOf(now) !== state.day.day && state.closedUntil >= startOfDay(state.day.day) + DAY_MS
    if (isOver || (await follower.hasGap())) return true
    if (Date.now() - this.#registryReadAt < REGISTRY_POLL_MS) return false
    this.#registryReadAt = Date.now()
    return (await loadRegistryVersion(this.#parts.database)) !== state.registry.version
  }

  async #closeDue(state: DayState, now: number): Promise<boolean> {
    const until = Date.now() + CLOSING_MS
    const dayEnd = startOfDay(state.day.day) + DAY_MS
    let closed = false
    while (
      state.closedUntil < dayEnd &&
      state.closedUntil + SLOT_MS + GRACE_MS <= now &&
      Date.now() < until
    ) {
      await ensureWindow(this.#parts.database, state, state.closedUntil)
      closeSlot(state)
      closed = true
    }
    return closed
  }

  async #doWhatCanWait(state: DayState, follower: JournalFollower, now: number): Promise<void> {
    await this.#repairer.advance(state, now, BACKGROUND_MS)
    const saver = this.#saver!
    if (!saver.isSaving && Date.now() - this.#begunAt >= this.#parts.saveEveryMs) {
      evaluateChanged(state, now)
      this.#begin(saver, state, follower)
    }
    if (saver.isSaving && (await saver.advance(BACKGROUND_MS))) await this.#refreshPrevious(state)
    await this.#history.advance(BACKGROUND_MS)
  }

  #begin(saver: Saver, state: DayState, follower: JournalFollower): void {
    this.#begunAt = Date.now()
    saver.begin({
      position: this.#repairs.settled(follower.position),
      closedUntil: state.closedUntil,
      registryVersion: state.registry.version,
    })
  }

  /** Last week's sums are compared with; when they were repaired, the comparison is made anew. */
  async #refreshPrevious(state: DayState): Promise<void> {
    if (!this.#repairer.takeWritten(addDays(state.day.day, -7))) return
    await loadPrevious(this.#parts.database, state.day, state.catalogue, state.previous)
    state.board.takePrevious()
    state.board.touchAll()
  }
}

function everything(state: DayState): BoardTick['areas'] {
  return state.board.nodes.map((node) => ({ tree: node.tree, area: node.area.code, values: node.values }))
}
