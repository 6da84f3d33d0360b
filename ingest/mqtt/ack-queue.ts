/**
 * Acknowledgements leave in the order in which the messages came [MQTT-4.6.0-2], whatever the order in which the
 * messages are settled.
 */
export class AckQueue {
  readonly #send: (messageId: number, qos: 1 | 2) => void
  #entries: { messageId: number; qos: 1 | 2; settled: boolean }[] = []

  constructor(send: (messageId: number, qos: 1 | 2) => void) {
    this.#send = send
  }

  /** Messages not acknowledged yet. */
  get length(): number {
    return this.#entries.length
  }

  /** Remembers a message at its arrival; the function returned says that it is settled. */
  add(messageId: number, qos: 1 | 2): () => void {
    const entry = { messageId, qos, settled: false }
    this.#entries.push(entry)
    return () => {
      entry.settled = true
      this.#flush()
    }
  }

  #flush(): void {
    let count = 0
    for (const entry of this.#entries) {
      if (!entry.settled) break
      this.#send(entry.messageId, entry.qos)
      count += 1
    }
    if (count > 0) this.#entries.splice(0, count)
  }
}
