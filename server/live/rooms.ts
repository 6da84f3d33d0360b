import type { AreaTree } from '../../shared/contract/area.ts'
import type { IocEvent } from '../../shared/contract/event.ts'
import type { AreaIndicators, IndicatorValue } from '../../shared/contract/indicator.ts'
import type { LivePatch, LiveSnapshot, SystemState } from '../../shared/contract/live.ts'
import { newestFirst, SCREEN_EVENTS, screenKey } from '../../shared/domain/live-screen.ts'

/** The part of the board a room reads. */
export interface RoomBoard {
  area(tree: AreaTree, code: string): readonly IndicatorValue[] | undefined
  children(tree: AreaTree, code: string): readonly string[]
}

/** What a room takes from a tick of the board. */
export interface RoomTick {
  areas: readonly { tree: AreaTree; area: string; values: readonly IndicatorValue[] }[]
  events: readonly IocEvent[]
}

/**
 * One screen as the server keeps it: an area of a tree and its direct children. Changes are collected as the
 * board ticks and leave as one numbered patch; a snapshot holds everything collected so far. `stream` is one life
 * of this room: numbers of another stream cannot be compared with its own.
 */
export class Room {
  readonly stream: string
  readonly tree: AreaTree
  readonly area: string
  #seq = 0
  readonly #values = new Map<string, Map<string, IndicatorValue>>()
  /** Every area whose events belong here: all below, at any depth. */
  readonly #within: ReadonlySet<string>
  #events: IocEvent[] = []
  /** Area and key of the values changed since the last patch. */
  readonly #changed = new Map<string, Set<string>>()
  #newEvents: IocEvent[] = []
  /** Before the first snapshot there is nobody to send a patch to. */
  #isShown = false

  constructor(stream: string, tree: AreaTree, area: string, board: RoomBoard) {
    this.stream = stream
    this.tree = tree
    this.area = area
    this.#within = areasWithin(board, tree, area)
    for (const code of [area, ...board.children(tree, area)]) {
      this.#values.set(code, byKey(board.area(tree, code) ?? []))
    }
  }

  get seq(): number {
    return this.#seq
  }

  /** Takes what concerns this room; what is the same as before is no change. */
  collect(tick: RoomTick): void {
    for (const { tree, area, values } of tick.areas) {
      if (tree === this.tree) this.#collectValues(area, values)
    }
    const known = new Set(this.#events.map((event) => event.id))
    const fresh = tick.events.filter((event) => this.#within.has(event.area) && !known.has(event.id))
    if (fresh.length === 0) return
    this.#newEvents.push(...fresh)
    this.#events = [...this.#events, ...fresh].sort(newestFirst).slice(0, SCREEN_EVENTS)
  }

  /**
   * Compares the room with the board itself, in case a change came without a tick. False when areas or values
   * have gone: a patch cannot say that, so the room must be made anew.
   */
  reconcile(board: RoomBoard): boolean {
    const codes = [this.area, ...board.children(this.tree, this.area)]
    if (codes.length !== this.#values.size || codes.some((code) => !this.#values.has(code))) return false
    for (const code of codes) {
      const values = board.area(this.tree, code)
      if (values === undefined) return false
      const present = byKey(values)
      for (const key of this.#values.get(code)!.keys()) if (!present.has(key)) return false
      this.#collectValues(code, values)
    }
    return true
  }

  /** Everything collected since the last patch, numbered; undefined when nothing was, or nobody has seen the room yet. */
  takePatch(system: SystemState): LivePatch | undefined {
    if (!this.#isShown) return undefined
    if (this.#changed.size === 0 && this.#newEvents.length === 0) return undefined
    this.#seq += 1
    const areas: AreaIndicators[] = [...this.#changed].map(([area, keys]) => {
      const values = this.#values.get(area)!
      return { area, values: [...keys].map((key) => values.get(key)!) }
    })
    const events = this.#newEvents.sort(newestFirst).slice(0, SCREEN_EVENTS)
    this.#forgetChanges()
    return { stream: this.stream, seq: this.#seq, area: this.area, areas, events, system }
  }

  /** Everything collected so far. */
  snapshot(system: SystemState): LiveSnapshot {
    if (!this.#isShown) this.#forgetChanges()
    this.#isShown = true
    const areas = [...this.#values].map(([area, values]) => ({ area, values: [...values.values()] }))
    const { stream, tree, area } = this
    return { stream, seq: this.#seq, tree, area, areas, events: [...this.#events], system }
  }

  #forgetChanges(): void {
    this.#changed.clear()
    this.#newEvents = []
  }

  #collectValues(area: string, values: readonly IndicatorValue[]): void {
    const known = this.#values.get(area)
    if (!known) return
    for (const value of values) {
      const key = screenKey(value.indicator, value.period)
      if (isSame(known.get(key), value)) continue
      known.set(key, value)
      const changed = this.#changed.get(area) ?? new Set()
      this.#changed.set(area, changed.add(key))
    }
  }
}

function byKey(values: readonly IndicatorValue[]): Map<string, IndicatorValue> {
  return new Map(values.map((value) => [screenKey(value.indicator, value.period), value]))
}

function isSame(a: IndicatorValue | undefined, b: IndicatorValue): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}

function areasWithin(board: RoomBoard, tree: AreaTree, area: string): ReadonlySet<string> {
  const within = new Set([area])
  // A set hands out what is added while it is walked, so this goes all the way down.
  for (const code of within) for (const child of board.children(tree, code)) within.add(child)
  return within
}
