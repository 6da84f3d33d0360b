import { randomUUID } from 'node:crypto'
import type { AreaTree } from '../../shared/contract/area.ts'
import type { IocEvent } from '../../shared/contract/event.ts'
import {
  BEAT_MS,
  type LiveBeat,
  type LivePatch,
  type SystemState,
  TICK_MS,
} from '../../shared/contract/live.ts'
import { SCREEN_EVENTS } from '../../shared/domain/live-screen.ts'
import type { Clock } from '../../shared/node/clock.ts'
import { coerceError } from '../../shared/node/errors.ts'
import type { Logger } from '../../shared/node/log.ts'
import type { Board } from '../indicators/board.ts'
import { Room } from './rooms.ts'

export interface FeedParts {
  board: Board
  system: { current(): SystemState }
  /** The latest events of an area from the database, newest first. */
  loadEvents(tree: AreaTree, area: string, limit: number): Promise<IocEvent[]>
  clock: Clock
  log: Logger
}

/** Where the feed sends to; `key` names the room. */
export interface FeedOutlet {
  patch(key: string, patch: LivePatch): void
  beat(key: string, beat: LiveBeat): void
  /** Whether anybody watches the room. */
  isWatched(key: string): boolean
}

export interface OpenRoom {
  key: string
  room: Room
  /** Resolves when the events of the past are in the room, or could not be read for now. */
  eventsLoaded: Promise<void>
}

interface Entry extends OpenRoom {
  /** Whether the events of the past are in it; where they are missing, they are tried again with each beat. */
  past: 'loading' | 'loaded' | 'missing'
}

/**
 * Follows the board and keeps the rooms that somebody watches. A tick leaves at once when the last one was long
 * enough ago, else together with those that follow within TICK_MS.
 */
export class LiveFeed {
  readonly #parts: FeedParts
  readonly #outlet: FeedOutlet
  readonly #rooms = new Map<string, Entry>()
  readonly #life = randomUUID().slice(0, 8)
  #made = 0
  #flushedAt = 0
  #flushTimer: NodeJS.Timeout | undefined
  #beatTimer: NodeJS.Timeout | undefined
  #unsubscribe: (() => void) | undefined

  constructor(parts: FeedParts, outlet: FeedOutlet) {
    this.#parts = parts
    this.#outlet = outlet
  }

  start(): void {
    this.#unsubscribe = this.#parts.board.subscribe((tick) => {
      for (const { room } of this.#rooms.values()) room.collect(tick)
      this.#scheduleFlush()
    })
    this.#beatTimer = setInterval(() => this.#beat(), BEAT_MS)
  }

  stop(): void {
    this.#unsubscribe?.()
    clearInterval(this.#beatTimer)
    clearTimeout(this.#flushTimer)
  }

  /** The room of an area; undefined when the tree has no such area today. */
  open(tree: AreaTree, area: string): OpenRoom | undefined {
    if (this.#parts.board.area(tree, area) === undefined) return undefined
    const key = `${tree}/${area}`
    return this.#rooms.get(key) ?? this.#make(key, tree, area)
  }

  #make(key: string, tree: AreaTree, area: string): Entry {
    this.#made += 1
    const room = new Room(`${this.#life}.${this.#made}`, tree, area, this.#parts.board)
    const entry: Entry = { key, room, eventsLoaded: Promise.resolve(), past: 'loading' }
    entry.eventsLoaded = this.#loadPast(entry)
    this.#rooms.set(key, entry)
    return entry
  }

  async #loadPast(entry: Entry): Promise<void> {
    const { room } = entry
    entry.past = 'loading'
    try {
      const events = await this.#parts.loadEvents(room.tree, room.area, SCREEN_EVENTS)
      entry.past = 'loaded'
      room.collect({ areas: [], events })
      this.#scheduleFlush()
    } catch (thrown) {
      entry.past = 'missing'
      this.#parts.log.warn(
        { room: entry.key, error: coerceError(thrown).message },
        'events could not be read',
      )
    }
  }

  #scheduleFlush(): void {
    if (this.#flushTimer) return
    const wait = Math.max(0, this.#flushedAt + TICK_MS - Date.now())
    this.#flushTimer = setTimeout(() => this.#flush(), wait)
  }

  #flush(): void {
    clearTimeout(this.#flushTimer)
    this.#flushTimer = undefined
    this.#flushedAt = Date.now()
    const system = this.#parts.system.current()
    for (const { key, room } of this.#rooms.values()) {
      const patch = room.takePatch(system)
      if (patch) this.#outlet.patch(key, patch)
    }
  }

  /**
   * Every BEAT_MS: forgets rooms nobody watches, finds changes that came without a tick, and says where all are.
   * A room whose area is no more falls silent, which its watchers notice.
   */
  #beat(): void {
    for (const entry of [...this.#rooms.values()]) {
      const { key, room } = entry
      if (!this.#outlet.isWatched(key)) this.#rooms.delete(key)
      else if (!room.reconcile(this.#parts.board)) this.#replace(entry)
      else if (entry.past === 'missing') entry.eventsLoaded = this.#loadPast(entry)
    }
    this.#flush()
    const system = this.#parts.system.current()
    const at = new Date(this.#parts.clock.now()).toISOString()
    for (const { key, room } of this.#rooms.values()) {
      if (this.#parts.board.area(room.tree, room.area) === undefined) continue
      this.#outlet.beat(key, { stream: room.stream, seq: room.seq, at, system })
    }
  }

  /** The new stream, seen in the beat, makes every client ask for a snapshot. */
  #replace({ key, room }: Entry): void {
    if (this.#parts.board.area(room.tree, room.area) !== undefined) this.#make(key, room.tree, room.area)
  }
}
