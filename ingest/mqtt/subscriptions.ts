import type { ISubackPacket, Packet } from 'mqtt-packet'
import type { Connection } from './connection.ts'

/** What a session is subscribed to at its broker, remembered beyond connections and programs. */
export interface SubscriptionMemory {
  /** Filters the broker may have for this session; at least those it has. */
  readonly filters: readonly string[]
  /** Before the broker is asked: from now on it may have these too. Rejects when that cannot be kept. */
  expect(filters: readonly string[]): Promise<void>
  /** The broker has confirmed: it has these, and no others. */
  settle(filters: readonly string[]): void
}

const SUBSCRIBE_ID = 1
const UNSUBSCRIBE_ID = 2
const REFUSED = 128
/** A filter refused today may be allowed tomorrow, without the broker telling. */
const ASK_AGAIN_MS = 60_000

/**
 * Brings the filters of one connection's session to what is wanted: a session that the broker kept has its old ones
 * still, whatever we subscribe to now. Subscribed anew each time, for the session may be new; at QoS 1, so that no
 * QoS 2 comes; retained messages only with a new subscription (where the broker speaks MQTT 5).
 */
export class Subscriptions {
  readonly #connection: Connection
  readonly #wanted: readonly string[]
  readonly #memory: SubscriptionMemory
  readonly #onChange: () => void
  #outstanding = 0
  #settled = false
  #refused: string[] = []
  #lowered: string[] = []
  #asked: readonly string[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(
    connection: Connection,
    wanted: readonly string[],
    memory: SubscriptionMemory,
    onChange: () => void,
  ) {
    this.#connection = connection
    this.#wanted = wanted
    this.#memory = memory
    this.#onChange = onChange
  }

  /** The broker has answered to everything. */
  get settled(): boolean {
    return this.#settled
  }

  /** Filters that the broker refuses. */
  get refused(): readonly string[] {
    return this.#refused
  }

  /** Filters that the broker grants at QoS 0 only. */
  get lowered(): readonly string[] {
    return this.#lowered
  }

  /** @throws what the memory throws: without it a filter could be left at the broker unknown. */
  async begin(): Promise<void> {
    const had = this.#memory.filters
    const obsolete = had.filter((filter) => !this.#wanted.includes(filter))
    const fresh = this.#wanted.filter((filter) => !had.includes(filter))
    if (fresh.length > 0) await this.#memory.expect([...had, ...fresh])
    if (obsolete.length > 0 && this.#connection.sessionPresent) {
      this.#outstanding += 1
      this.#connection.send({
        cmd: 'unsubscribe',
        messageId: UNSUBSCRIBE_ID,
        unsubscriptions: [...obsolete],
      })
    }
    if (this.#wanted.length > 0) this.#subscribe(this.#wanted)
    if (this.#outstanding === 0) this.#settle()
  }

  /** @returns whether the packet was one of ours. */
  onPacket(packet: Packet): boolean {
    if (packet.cmd === 'suback') this.#onSuback(packet)
    else if (packet.cmd !== 'unsuback') return false
    this.#outstanding -= 1
    if (this.#outstanding === 0) this.#settle()
    return true
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #subscribe(filters: readonly string[]): void {
    this.#asked = filters
    this.#outstanding += 1
    const subscriptions = filters.map((topic) => ({ topic, qos: 1 as const, nl: false, rap: false, rh: 1 }))
    this.#connection.send({ cmd: 'subscribe', messageId: SUBSCRIBE_ID, subscriptions })
  }

  #onSuback({ granted }: ISubackPacket): void {
    const codes = granted.map(Number)
    const asked = this.#asked
    const others = (filters: readonly string[]) => filters.filter((filter) => !asked.includes(filter))
    this.#refused = [...others(this.#refused), ...asked.filter((_, at) => codes[at]! >= REFUSED)]
    this.#lowered = [...others(this.#lowered), ...asked.filter((_, at) => codes[at] === 0)]
  }

  #settle(): void {
    this.#settled = true
    this.#memory.settle(this.#wanted)
    if (this.#refused.length > 0) {
      this.#timer = setTimeout(() => this.#subscribe(this.#refused), ASK_AGAIN_MS)
    }
    this.#onChange()
  }
}
