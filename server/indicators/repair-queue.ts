import { comparePositions, type Position } from '../feed/position.ts'

/**
 * Work on slots already closed or days already past: the readings of a school, the river station of several
 * schools, the rolls and status of a school.
 */
export type Repair =
  | { kind: 'readings'; day: string; school: number }
  | { kind: 'station'; day: string; station: string }
  | { kind: 'rolls'; day: string; school: number }

/** `after`: the journal before the change that asks for it; undefined when it was asked for while loading. */
interface Entry {
  repair: Repair
  after: Position | undefined
}

/** Each piece of work once, oldest first. What is asked for again while it runs is done again. */
export class RepairQueue {
  readonly #entries = new Map<string, Entry>()
  #loading = 0

  get size(): number {
    return this.#entries.size
  }

  ask(repair: Repair, after: Position | undefined): void {
    const key = keyOf(repair)
    if (this.#entries.has(key)) return
    this.#entries.set(key, { repair, after })
    if (after === undefined) this.#loading += 1
  }

  /** The next piece of work, with up to `limit` like it (same kind and day, for rolls only). */
  next(limit: number): Repair[] {
    const first = this.#entries.values().next().value?.repair
    if (!first) return []
    if (first.kind !== 'rolls') return [first]
    const alike: Repair[] = []
    for (const { repair } of this.#entries.values()) {
      if (repair.kind === 'rolls' && repair.day === first.day) alike.push(repair)
      if (alike.length === limit) break
    }
    return alike
  }

  done(repairs: readonly Repair[]): void {
    for (const repair of repairs) {
      const entry = this.#entries.get(keyOf(repair))
      if (entry && entry.after === undefined) this.#loading -= 1
      this.#entries.delete(keyOf(repair))
    }
  }

  /**
   * How far the journal may be called dealt with, given how far it has been read: up to the oldest change whose
   * repair is still to be done. Undefined while work from loading is left, which the journal does not hold.
   */
  settled(read: Position): Position | undefined {
    if (this.#loading > 0) return undefined
    let settled = read
    for (const { after } of this.#entries.values()) {
      if (after && comparePositions(after, settled) < 0) settled = after
    }
    return settled
  }
}

function keyOf(repair: Repair): string {
  return `${repair.kind} ${repair.day} ${repair.kind === 'station' ? repair.station : repair.school}`
}
