import { setTimeout as delay } from 'node:timers/promises'
import { isDiskFull, isPassing } from '../shared/db/connect.ts'
import { coerceError, errorCode } from '../shared/node/errors.ts'
import type { Logger } from '../shared/node/log.ts'
import { isDataError } from './store/isolate.ts'

const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 2_000

/** What the database cannot do at the moment, in words for the log. */
const TROUBLES = {
  lost: 'database lost; messages are held unacknowledged',
  full: 'the disk of the database is full; messages are held unacknowledged until there is space',
} as const

/**
 * The one place that tries again. Work that fails because the database is away, full or broken is repeated, with
 * growing waits, until it succeeds; meanwhile its messages stay unacknowledged. One line is logged when the
 * database is lost or full and one when it is back, not one an attempt.
 */
export class DatabaseLink {
  readonly #log: Logger
  readonly #signal: AbortSignal
  #trouble: keyof typeof TROUBLES | undefined
  #since = 0

  /** `signal` ends the waiting when the program stops. */
  constructor(log: Logger, signal: AbortSignal) {
    this.#log = log
    this.#signal = signal
  }

  get up(): boolean {
    return this.#trouble === undefined
  }

  /** Whether the trouble is a full disk. */
  get full(): boolean {
    return this.#trouble === 'full'
  }

  /** @throws what `work` throws, when trying again cannot help; AbortError when the program stops meanwhile. */
  async persist<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      this.#signal.throwIfAborted()
      try {
        const result = await work()
        this.#back()
        return result
      } catch (error) {
        this.#signal.throwIfAborted()
        if (!mayHeal(error)) throw error
        this.#lost(error)
        const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt)
        await delay(wait * (0.5 + Math.random() / 2), undefined, { signal: this.#signal })
      }
    }
  }

  #lost(error: unknown): void {
    const trouble = isDiskFull(error) ? 'full' : 'lost'
    if (this.#trouble === trouble) return
    if (this.#trouble === undefined) this.#since = performance.now()
    this.#trouble = trouble
    const { message } = coerceError(error)
    this.#log.error({ code: errorCode(error), error: message }, TROUBLES[trouble])
  }

  #back(): void {
    if (this.#trouble === undefined) return
    const seconds = Math.round((performance.now() - this.#since) / 1000)
    this.#log.info({ seconds }, 'database is back')
    this.#trouble = undefined
  }
}

/** Failures that pass, and failures of the schema or the server that an operator will mend: the data is not to blame. */
function mayHeal(error: unknown): boolean {
  return isPassing(error) || (errorCode(error)?.length === 5 && !isDataError(error))
}
