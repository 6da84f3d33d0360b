import type { Intake, Message } from './message.ts'

export interface BatchLimits {
  messages: number
  /** Most payload bytes of a batch; the first ones are smaller, see `targetMs`. */
  bytes: number
  /** A batch should take about this long: quicker ones are followed by larger ones, slower ones by smaller ones. */
  targetMs: number
  /** Under load, time between the starts of two batches: fewer, larger transactions. */
  everyMs: number
  /** Batches under way at once. */
  atOnce: number
}

export interface BatcherOptions {
  limits: BatchLimits
  /** What may be held, waiting and under way together. */
  room: { messages: number; bytes: number }
  /** Carries a batch to the end; every message is settled when it resolves. */
  carry(messages: readonly Message[]): Promise<void>
  onTaken(message: Message): void
  /** Milliseconds of a clock that never goes back. @defaultValue performance.now */
  now?: () => number
}

/** About 5,000 readings. */
const FIRST_FULL_BYTES = 131_072
const LEAST_FULL_BYTES = 16_384

/**
 * Groups messages into batches. The first message after a quiet moment goes at once; under load batches start
 * `everyMs` apart or as soon as one is full, and grow with the load, up to what the database carries in `targetMs`:
 * large batches cost less a message, but everybody else waits for them. What is held is bounded: with no room left,
 * whoever brings messages has to wait.
 */
export class Batcher implements Intake {
  readonly #options: BatcherOptions
  #waiting: Message[] = []
  #waitingBytes = 0
  #heldMessages = 0
  #heldBytes = 0
  #underWay = 0
  #lastStart = Number.NEGATIVE_INFINITY
  /** Payload bytes of a full batch, as the database proved able to carry. */
  #fullBytes: number
  readonly #now: () => number
  #timer: NodeJS.Timeout | undefined
  #resumes: (() => void)[] = []
  #onEmpty: (() => void)[] = []

  constructor(options: BatcherOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
    this.#fullBytes = Math.min(FIRST_FULL_BYTES, options.limits.bytes)
  }

  get hasRoom(): boolean {
    const { room } = this.#options
    return this.#heldMessages < room.messages && this.#heldBytes < room.bytes
  }

  offer(message: Message): boolean {
    if (!this.hasRoom) return false
    this.#options.onTaken(message)
    this.#waiting.push(message)
    this.#waitingBytes += message.payload.length
    this.#heldMessages += 1
    this.#heldBytes += message.payload.length
    this.#startWhenDue()
    return true
  }

  whenRoom(resume: () => void): void {
    this.#resumes.push(resume)
    if (this.hasRoom) setImmediate(() => this.#tellRoom())
  }

  drained(patienceMs: number): Promise<void> {
    if (this.#heldMessages === 0) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, patienceMs)
      this.#onEmpty.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  #startWhenDue(): void {
    const { limits } = this.#options
    if (this.#underWay >= limits.atOnce || this.#waiting.length === 0) return
    const full = this.#waiting.length >= limits.messages || this.#waitingBytes >= this.#fullBytes
    const wait = this.#lastStart + limits.everyMs - this.#now()
    if (full || wait <= 0) this.#start()
    else this.#timer ??= setTimeout(() => this.#start(), wait)
  }

  #start(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#underWay >= this.#options.limits.atOnce || this.#waiting.length === 0) return
    const batch = this.#take()
    const bytes = batch.reduce((sum, message) => sum + message.payload.length, 0)
    this.#underWay += 1
    this.#lastStart = this.#now()
    const started = this.#lastStart
    void this.#options.carry(batch).then(() => {
      this.#adapt(bytes, this.#now() - started)
      this.#underWay -= 1
      this.#heldMessages -= batch.length
      this.#heldBytes -= bytes
      this.#startWhenDue()
      this.#tellRoom()
    })
    this.#startWhenDue()
  }

  /** Only full batches say what the database can carry; a long wait, as in an outage, is no measure of its speed. */
  #adapt(bytes: number, ms: number): void {
    const { limits } = this.#options
    if (bytes < this.#fullBytes / 2 || ms > 20 * limits.targetMs) return
    const factor = ms < limits.targetMs / 2 ? 1.5 : ms > limits.targetMs ? 0.75 : 1
    const wanted = Math.round(this.#fullBytes * factor)
    this.#fullBytes = Math.min(limits.bytes, Math.max(Math.min(LEAST_FULL_BYTES, limits.bytes), wanted))
  }

  /** From the front, up to the limits; one message at least. */
  #take(): Message[] {
    const { limits } = this.#options
    let count = 0
    let bytes = 0
    while (count < this.#waiting.length && count < limits.messages) {
      const size = this.#waiting[count]!.payload.length
      if (count > 0 && bytes + size > this.#fullBytes) break
      bytes += size
      count += 1
    }
    this.#waitingBytes -= bytes
    return this.#waiting.splice(0, count)
  }

  #tellRoom(): void {
    if (this.#heldMessages === 0) for (const done of this.#onEmpty.splice(0)) done()
    // One after the other, and only while there is room: whoever asks anew comes after those who wait already.
    while (this.hasRoom && this.#resumes.length > 0) this.#resumes.shift()!()
  }
}
