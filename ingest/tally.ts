import { Counter, type Registry } from 'prom-client'

/**
 * A counter with one label for things that happen ten thousand times a second: it counts in plain numbers, and the
 * exporter's own counter is brought up to date when somebody reads it.
 */
export class Tally<L extends string> {
  readonly #counts = new Map<string, number>()

  constructor(name: string, help: string, label: L, registry: Registry) {
    const counts = this.#counts
    new Counter({
      name,
      help,
      labelNames: [label],
      registers: [registry],
      collect() {
        this.reset()
        for (const [value, count] of counts) this.inc({ [label]: value } as Record<L, string>, count)
      },
    })
  }

  add(value: string, count: number): void {
    if (count !== 0) this.#counts.set(value, (this.#counts.get(value) ?? 0) + count)
  }
}
