import { type ChildProcess, fork } from 'node:child_process'
import type { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

/** What a program run under a supervisor says about itself (runProgram in lifecycle.ts). */
const ChildMessage = z.union([
  z.object({ ready: z.literal(true) }),
  z.object({ failed: z.object({ code: z.string(), message: z.string(), exit: z.number() }) }),
])

export class PartFailed extends Error {
  readonly code: string
  readonly exit: number

  constructor(part: string, failure: { code: string; message: string; exit: number }) {
    super(failure.message)
    this.name = `PartFailed(${part})`
    this.code = failure.code
    this.exit = failure.exit
  }
}

export interface PartOptions {
  name: string
  module: URL
  environment: Record<string, string>
  arguments?: string[]
  output: Writable
  /** Longest wait before a crashed part is started again. @defaultValue 15,000 */
  longestWaitMs?: number
  /** Told of every crash, with the wait before the next start. */
  onCrash(part: string, how: string, waitMs: number): void
}

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 15_000
/** A part that lived this long is forgiven its earlier crashes. */
const GOOD_LIFE_MS = 60_000

/**
 * One program kept running: started, watched, started again with growing waits when it ends by itself.
 * A failure of the very first start is the caller's to judge: `start` rejects and nothing is tried again.
 */
export class Part {
  readonly #options: PartOptions
  #child: ChildProcess | undefined
  #stopping = false
  #waitMs = FIRST_WAIT_MS
  #timer: NodeJS.Timeout | undefined

  constructor(options: PartOptions) {
    this.#options = options
  }

  get name(): string {
    return this.#options.name
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Resolves when the program says it is ready. @throws PartFailed with the program's own sentence. */
  async start(): Promise<void> {
    await this.#launch()
    this.#keep()
  }

  /** Asks the program to drain, and ends it after `patienceMs`. */
  async stop(patienceMs: number): Promise<void> {
    this.#stopping = true
    clearTimeout(this.#timer)
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    const force = setTimeout(() => child.kill('SIGKILL'), patienceMs)
    await gone
    clearTimeout(force)
  }

  #launch(): Promise<void> {
    const { name, module, environment, output } = this.#options
    const child = fork(fileURLToPath(module), this.#options.arguments ?? [], {
      env: { ...process.env, ...environment },
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.#child = child
    child.stdout?.pipe(output, { end: false })
    child.stderr?.pipe(output, { end: false })
    return new Promise((resolve, reject) => {
      child.once('error', reject)
      child.on('message', (raw) => {
        const message = ChildMessage.safeParse(raw).data
        if (!message) return
        if ('ready' in message) resolve()
        else reject(new PartFailed(name, message.failed))
      })
      child.once('exit', (code, signal) =>
        reject(
          new PartFailed(name, {
            code: 'ended',
            message: `${name} ended at its start (${signal ?? `code ${code}`})`,
            exit: code || 70,
          }),
        ),
      )
    })
  }

  /** From here on an end that nobody asked for is a crash. */
  #keep(): void {
    const child = this.#child!
    const since = Date.now()
    const onExit = (code: number | null, signal: NodeJS.Signals | null) => {
      if (this.#stopping) return
      if (Date.now() - since > GOOD_LIFE_MS) this.#waitMs = FIRST_WAIT_MS
      this.#retry(signal ?? `code ${code}`)
    }
    if (child.exitCode !== null || child.signalCode !== null) onExit(child.exitCode, child.signalCode)
    else child.once('exit', onExit)
  }

  #retry(how: string): void {
    const waitMs = this.#waitMs
    this.#waitMs = Math.min(waitMs * 2, this.#options.longestWaitMs ?? LONGEST_WAIT_MS)
    this.#options.onCrash(this.name, how, waitMs)
    this.#timer = setTimeout(() => {
      this.#launch().then(
        () => this.#keep(),
        (error: Error) => {
          if (!this.#stopping) this.#retry(error.message)
        },
      )
    }, waitMs)
  }
}
