import type { Intake, Message } from '../message.ts'

/** Topics of last wills that may wait at a time; a device has one. */
const MOST_WAITING = 50_000

interface Waiting {
  message: Message
  drop(): void
}

/**
 * Last wills on their way into the pipeline. While there is no room for them they wait, the newest of each topic
 * only: during an outage of the database a device may come and go many times.
 */
export class LastWills {
  readonly #intake: Intake
  readonly #waiting = new Map<string, Waiting>()

  constructor(intake: Intake) {
    this.#intake = intake
  }

  /** `drop` is called instead of `message.settle` when the will is not taken. */
  carry(message: Message, drop: () => void): void {
    const before = this.#waiting.get(message.topic)
    if (!before && this.#intake.offer(message)) return
    if (!before && this.#waiting.size >= MOST_WAITING) {
      drop()
      return
    }
    before?.drop()
    this.#waiting.set(message.topic, { message, drop })
    if (this.#waiting.size === 1 && !before) this.#waitForRoom()
  }

  #waitForRoom(): void {
    this.#intake.whenRoom(() => {
      for (const [topic, { message }] of this.#waiting) {
        if (!this.#intake.offer(message)) {
          this.#waitForRoom()
          return
        }
        this.#waiting.delete(topic)
      }
    })
  }
}
