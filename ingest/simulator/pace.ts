/**
 * Holds work to a pace: `take(n)` resolves when n more may go. Unused time is not saved up, so a pause is not
 * followed by a burst.
 */
export class Pace {
  readonly #perSecond: number
  #freeAt = 0

  constructor(perSecond: number) {
    this.#perSecond = perSecond
  }

  async take(count: number): Promise<void> {
    const now = performance.now()
    this.#freeAt = Math.max(this.#freeAt, now) + (1000 * count) / this.#perSecond
    const wait = this.#freeAt - now
    // Timers are no finer than this; waiting for less would only slow the work down.
    if (wait > 20) await new Promise((resolve) => setTimeout(resolve, wait))
  }
}
