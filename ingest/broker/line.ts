import { Backlog, type BacklogRoom } from './backlog.ts'
import { PACKET, type PublishFrame, qosOf, readPublish, typeOf } from './frames.ts'

/** One packet on its way through. */
export interface Passing {
  /** What comes out: the packet as it came, or its stand-in to nowhere. */
  bytes: Buffer
  /** Bytes as it came. */
  size: number
  publish: PublishFrame | undefined
  state: 'new' | 'held' | 'free' | 'dropped'
}

/** So much of one connection is under way at once: a device that floods fills no more than its window. */
const MOST_PASSING = 1_000
const MOST_PASSING_BYTES = 1_048_576
/** What waits behind the window. Beyond it the socket is read no further, and its pings are not answered. */
const MOST_BACKLOG_BYTES = 2 * 1_048_576
/** Everybody may have this much waiting, even when all connections together have as much as they may. */
const FAIR_BACKLOG_BYTES = 4_096

/** The packets of one connection in order of arrival: a window of those under way, and behind it a backlog. */
export class Line {
  readonly #room: BacklogRoom
  readonly #backlog: Backlog
  #window: Passing[] = []
  #windowBytes = 0
  /** First packet of the window that may be 'new'; those before it are held, free or dropped. */
  #cursor = 0

  constructor(room: BacklogRoom) {
    this.#room = room
    this.#backlog = new Backlog(room)
  }

  get empty(): boolean {
    return this.#window.length === 0 && this.#backlog.empty
  }

  /** More waits than may: no more should be read. */
  get tooLong(): boolean {
    return this.#backlog.bytes > this.#mostBacklogBytes
  }

  /** Little enough waits for reading on. */
  get short(): boolean {
    return this.#backlog.bytes <= this.#mostBacklogBytes / 2
  }

  /** A packet that has come; into the window only when it can go on from there. @throws FrameError */
  add(bytes: Buffer, goesOn: boolean): void {
    if (goesOn && this.#backlog.empty && this.#hasWindow) this.#enter(bytes)
    else this.#backlog.add(bytes)
  }

  /** The first packet that is 'new'; undefined when there is none, or none may be under way as well. @throws FrameError */
  firstNew(): Passing | undefined {
    for (;;) {
      if (this.#cursor === this.#window.length && !this.#refill()) return undefined
      const packet = this.#window[this.#cursor]!
      if (packet.state === 'new') return packet
      this.#cursor += 1
    }
  }

  isFirst(packet: Passing): boolean {
    return this.#window[0] === packet
  }

  /** Takes out what nothing holds back any more. The bytes to be let through; undefined when all of it stays. */
  release(): Buffer[] | undefined {
    let count = 0
    const out: Buffer[] = []
    for (const { state, bytes, size } of this.#window) {
      if (state !== 'free' && state !== 'dropped') break
      if (state === 'free') out.push(bytes)
      this.#windowBytes -= size
      count += 1
    }
    if (count === 0) return undefined
    this.#window.splice(0, count)
    this.#cursor = Math.max(0, this.#cursor - count)
    return out
  }

  /**
   * Drops the messages that are 'new': the sender of one at QoS 1 or 2 still has it. Everything else keeps its place,
   * a DISCONNECT above all. @returns how many were at QoS 0
   */
  forgetNew(): number {
    let lost = 0
    const forget = (bytes: Buffer) => {
      if (qosOf(bytes) === 0) lost += 1
    }
    for (const packet of this.#window) {
      if (packet.state !== 'new') continue
      packet.state = 'dropped'
      forget(packet.bytes)
    }
    for (let bytes = this.#backlog.take(); bytes; bytes = this.#backlog.take()) {
      if (typeOf(bytes) === PACKET.publish) forget(bytes)
      else this.#enter(bytes)
    }
    return lost
  }

  get #hasWindow(): boolean {
    return this.#window.length < MOST_PASSING && this.#windowBytes < MOST_PASSING_BYTES
  }

  get #mostBacklogBytes(): number {
    return this.#room.full ? FAIR_BACKLOG_BYTES : MOST_BACKLOG_BYTES
  }

  #refill(): boolean {
    const bytes = this.#hasWindow ? this.#backlog.take() : undefined
    if (bytes) this.#enter(bytes)
    return bytes !== undefined
  }

  #enter(bytes: Buffer): void {
    const publish = typeOf(bytes) === PACKET.publish ? readPublish(bytes) : undefined
    this.#window.push({ bytes, size: bytes.length, publish, state: publish ? 'new' : 'free' })
    this.#windowBytes += bytes.length
  }
}
