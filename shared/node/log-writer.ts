/**
 * Writes lines to a file or pipe that may be full or gone. That must not stop the program whose words they are: what
 * cannot be written is counted, and the gap is named in its place as soon as writing works again.
 */
export class LogWriter {
  readonly #put: (bytes: Uint8Array) => number
  #lost = 0

  /** `put` writes some or all of the bytes and says how many, or throws. */
  constructor(put: (bytes: Uint8Array) => number) {
    this.#put = put
  }

  write(text: Uint8Array): void {
    try {
      if (this.#lost > 0) this.#putAll(gap(this.#lost))
      this.#lost = 0
      this.#putAll(text)
    } catch {
      this.#lost += 1
    }
  }

  #putAll(bytes: Uint8Array): void {
    for (let rest = bytes; rest.length > 0; ) rest = rest.subarray(this.#put(rest))
  }
}

/** Begins with a line end, for the last line written may have been cut. */
function gap(pieces: number): Uint8Array {
  const line = { level: 40, time: new Date().toISOString(), pieces, msg: 'log lines are missing here' }
  return Buffer.from(`\n${JSON.stringify(line)}\n`)
}
