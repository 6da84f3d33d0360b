import { frameLength } from './frames.ts'

/** Bytes that the backlogs of all connections take together, and the most they may. */
export class BacklogRoom {
  readonly #mostBytes: number
  used = 0

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes
  }

  get full(): boolean {
    return this.used >= this.#mostBytes
  }
}

const SMALLEST_BLOCK = 1_024
const LARGEST_BLOCK = 16_384

/**
 * Packets of one connection that wait for their turn, oldest first, as nothing but the bytes they came in. Half an
 * hour without a database is 900,000 of them: an object for each, or the socket's own chunk, would take three to
 * six times as much memory.
 */
export class Backlog {
  readonly #room: BacklogRoom
  #blocks: { bytes: Buffer; end: number }[] = []
  /** Where in the first block the oldest packet begins. */
  #start = 0
  #bytes = 0

  constructor(room: BacklogRoom) {
    this.#room = room
  }

  /** Bytes of memory taken. */
  get bytes(): number {
    return this.#bytes
  }

  get empty(): boolean {
    return this.#blocks.length === 0
  }

  /** Takes a copy of a whole packet. */
  add(packet: Buffer): void {
    let last = this.#blocks.at(-1)
    if (!last || last.bytes.length - last.end < packet.length) {
      const size = Math.min(LARGEST_BLOCK, Math.max(SMALLEST_BLOCK, this.#bytes))
      last = { bytes: Buffer.allocUnsafeSlow(Math.max(size, packet.length)), end: 0 }
      this.#blocks.push(last)
      this.#grow(last.bytes.length)
    }
    last.end += packet.copy(last.bytes, last.end)
  }

  /** The oldest packet; undefined when there is none. */
  take(): Buffer | undefined {
    const first = this.#blocks[0]
    if (!first) return undefined
    const rest = first.bytes.subarray(this.#start, first.end)
    const packet = rest.subarray(0, frameLength(rest))
    this.#start += packet.length
    if (this.#start === first.end) {
      this.#blocks.shift()
      this.#start = 0
      this.#grow(-first.bytes.length)
    }
    return packet
  }

  clear(): void {
    this.#blocks = []
    this.#start = 0
    this.#grow(-this.#bytes)
  }

  #grow(bytes: number): void {
    this.#bytes += bytes
    this.#room.used += bytes
  }
}
