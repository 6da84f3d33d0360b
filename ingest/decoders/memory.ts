/** What formats remember from message to message, in one running program: one object of each class that they ask for. */
export class Memory {
  readonly #kept = new Map<new () => object, object>()

  of<T extends object>(kind: new () => T): T {
    const kept = this.#kept.get(kind) ?? new kind()
    this.#kept.set(kind, kept)
    return kept as T
  }
}
