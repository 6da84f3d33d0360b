const SPAN_S = 10

/** Counts per second over the last ten whole seconds of real time. */
export class Rate {
  readonly #counts = new Float64Array(SPAN_S + 1)
  #second = 0

  add(count: number, realNow: number): void {
    this.#moveTo(realNow)
    this.#counts[this.#second % this.#counts.length]! += count
  }

  perSecond(realNow: number): number {
    this.#moveTo(realNow)
    const running = this.#counts[this.#second % this.#counts.length]!
    let total = 0
    for (const count of this.#counts) total += count
    return (total - running) / SPAN_S
  }

  #moveTo(realNow: number): void {
    const second = Math.floor(realNow / 1000)
    if (second - this.#second > this.#counts.length || second < this.#second) this.#counts.fill(0)
    else
      for (let passed = this.#second + 1; passed <= second; passed++) {
        this.#counts[passed % this.#counts.length] = 0
      }
    this.#second = second
  }
}
