import type { Source } from '../source.ts'
import { LEASE_MS } from './leases.ts'
import type { SessionMemory } from './session-memory.ts'

/** A connection is closed this long before somebody else may take its session. */
const MARGIN_MS = 2_000

/** A session that this program holds: its lease, its connection and its memory. */
export class HeldSession {
  readonly clientId: string
  readonly source: Source
  readonly memory: SessionMemory
  /** One of earlier settings, held only to be emptied and ended. */
  readonly retired: boolean
  #until: number
  #receivedBefore: number | undefined

  /** `takenAt`: when the lease was asked for, by performance.now(). */
  constructor(held: {
    clientId: string
    source: Source
    memory: SessionMemory
    retired: boolean
    takenAt: number
  }) {
    this.clientId = held.clientId
    this.source = held.source
    this.memory = held.memory
    this.retired = held.retired
    this.#until = held.takenAt + LEASE_MS - MARGIN_MS
  }

  /** Whether the lease still holds, by our own clock, which started before that of the database. */
  get secure(): boolean {
    return performance.now() < this.#until
  }

  /** False: the session is another program's by now. */
  async renew(): Promise<boolean> {
    if (this.source.connected) this.memory.seen()
    const askedAt = performance.now()
    const ours = await this.memory.save()
    if (ours) this.#until = askedAt + LEASE_MS - MARGIN_MS
    return ours
  }

  /** Whether nothing has come since the last call, and nothing is under way: a session without filters is empty then. */
  emptied(): boolean {
    const { connected, received, unacknowledged } = this.source
    const quiet = connected && unacknowledged === 0 && received === this.#receivedBefore
    this.#receivedBefore = connected ? received : undefined
    return quiet
  }
}
