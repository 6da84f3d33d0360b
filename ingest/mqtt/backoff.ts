/**
 * Waits that double from attempt to attempt up to a limit, each shortened by up to a half at random, so that many
 * clients of one broker do not all come back at the same moment.
 */
export class Backoff {
  readonly #firstMs: number
  readonly #longestMs: number
  readonly #random: () => number
  #attempt = 0

  constructor(firstMs: number, longestMs: number, random: () => number = Math.random) {
    this.#firstMs = firstMs
    this.#longestMs = longestMs
    this.#random = random
  }

  next(): number {
    const wait = Math.min(this.#longestMs, this.#firstMs * 2 ** this.#attempt)
    this.#attempt += 1
    return Math.round(wait * (1 - this.#random() / 2))
  }

  reset(): void {
    this.#attempt = 0
  }
}
