import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../../server/main.ts', import.meta.url))

export interface ServerProcess {
  child: ChildProcess
  /** What it told its parent first: that it is ready, or why it is not. */
  said: Promise<unknown>
  exit: Promise<number | NodeJS.Signals>
}

/** The program `server` as a process of its own, as the standalone start runs it. */
export function forkServer(environment: Record<string, string>): ServerProcess {
  const child = fork(MAIN, [], {
    execArgv: ['--import', 'tsx'],
    env: { PATH: process.env['PATH'], LOG_LEVEL: 'fatal', ...environment },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  return {
    child,
    said: new Promise((resolve) => child.once('message', resolve)),
    exit: new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal!))),
  }
}
