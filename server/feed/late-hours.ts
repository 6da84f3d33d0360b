const HOUR_MS = 3_600_000

/** Hours that got readings after they were over: aggregates made of them are old. */
export class LateHours {
  readonly #hours = new Set<number>()

  add(moment: number): void {
    this.#hours.add(Math.floor(moment / HOUR_MS) * HOUR_MS)
  }

  /** Takes all hours out, oldest first, as milliseconds of their start. */
  take(): number[] {
    const hours = [...this.#hours].sort((a, b) => a - b)
    this.#hours.clear()
    return hours
  }
}
