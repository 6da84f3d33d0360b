import { setTimeout as delay } from 'node:timers/promises'
import { isPassing } from '../shared/db/connect.ts'
import { coerceError, errorCode } from '../shared/node/errors.ts'
import type { Logger } from '../shared/node/log.ts'
import { isDataError } from './store/isolate.ts'

const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 2_000

/**
 * The one place that tries again. Work that fails because the database is away, full or broken is repeated, with
 * growing waits, until it succeeds; meanwhile its messages stay unacknowledged. One line is logged when the
 * database is lost and one when it is back, not one an attempt.
 */
export class DatabaseLink {
  readonly #log: Logger
  readonly #signal: AbortSignal
  #lostAt: number | undefined

  /** `signal` ends the waiting when the program stops. */
  constructor(log: Logger, signal: AbortSignal) {
    this.#log = log
    this.#signal = signal
  }

  get up(): boolean {
    return this.#lostAt === undefined
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
    if (this.#lostAt !== undefined) return
    this.#lostAt = Date.now()
    const { message } = coerceError(error)
    this.#log.error(
      { code: errorCode(error), error: message },
      'database lost; messages are held unacknowledged',
    )
  }

  #back(): void {
    if (this.#lostAt === undefined) return
    this.#log.info({ seconds: Math.round((Date.now() - this.#lostAt) / 1000) }, 'database is back')
    this.#lostAt = undefined
  }
}

/** Failures that pass, and failures of the schema or the server that an operator will mend: the data is not to blame. */
function mayHeal(error: unknown): boolean {
  return isPassing(error) || (errorCode(error)?.length === 5 && !isDataError(error))
}
