import { coerceError, IocError } from './errors.ts'
import type { Logger } from './log.ts'

/**
 * Everything acquired registers its undo on the next line. Undone last in, first out; one failing step never
 * keeps the others from running; all of it has `deadlineMs`.
 */
export class Lifecycle {
  readonly #undo: { name: string; run: () => Promise<void> | void }[] = []
  readonly #log: Logger
  #stopping: Promise<void> | undefined

  constructor(log: Logger) {
    this.#log = log
  }

  onStop(name: string, run: () => Promise<void> | void): void {
    this.#undo.push({ name, run })
  }

  get stopping(): boolean {
    return this.#stopping !== undefined
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll()
    return this.#stopping
  }

  async #stopAll(): Promise<void> {
    for (const step of this.#undo.reverse()) {
      try {
        await step.run()
      } catch (error) {
        this.#log.error({ step: step.name, error: coerceError(error).message }, 'a step of stopping failed')
      }
    }
  }
}

export interface Program {
  stop(): Promise<void>
}

/**
 * The outermost frame of a program: starts it, drains it on SIGTERM or SIGINT (or when its parent's IPC channel
 * closes), and turns an expected failure into one sentence and its exit code.
 */
export async function runProgram(log: Logger, start: () => Promise<Program>, drainMs = 8_000): Promise<void> {
  let program: Program | undefined
  let ending = false
  const end = async (why: string) => {
    if (ending) return
    ending = true
    log.info({ why }, 'stopping')
    const timer = setTimeout(() => {
      log.error('draining took too long')
      process.exit(1)
    }, drainMs)
    await program?.stop()
    clearTimeout(timer)
    log.info('stopped')
    process.exit(0)
  }
  process.on('SIGTERM', () => void end('SIGTERM'))
  // Under a supervisor Ctrl-C reaches every process of the terminal at once; the order of stopping is the parent's.
  process.on('SIGINT', () => (process.send ? undefined : void end('SIGINT')))
  if (process.send) process.on('disconnect', () => void end('parent is gone'))
  process.on('unhandledRejection', (reason) => {
    log.fatal({ error: coerceError(reason).stack }, 'unhandled rejection')
    process.exit(70)
  })
  try {
    program = await start()
    process.send?.({ ready: true })
  } catch (thrown) {
    failStart(log, thrown)
  }
}

/** Says in one sentence why a program cannot start, tells its supervisor, and ends it. */
export function failStart(log: Logger, thrown: unknown): void {
  const error = coerceError(thrown)
  const known = error instanceof IocError
  if (known) log.fatal({ code: error.code }, error.message)
  else log.fatal({ error: error.stack }, 'cannot start')
  const exit = known ? error.exit : 70
  if (!process.send) process.exit(exit)
  const failed = { code: known ? error.code : 'internal', message: error.message, exit }
  // The channel is asynchronous: leaving before the callback could lose the sentence.
  process.send({ failed }, undefined, undefined, () => process.exit(exit))
}
