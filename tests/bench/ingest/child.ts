import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Starts a module beside this one as a process and resolves to the first thing it says. */
export function startChild<T>(
  module: string,
  settings: unknown,
): Promise<{ said: T; stop(): Promise<void> }> {
  const child: ChildProcess = fork(
    fileURLToPath(new URL(`./${module}`, import.meta.url)),
    [JSON.stringify(settings)],
    { execArgv: ['--import', 'tsx'] },
  )
  const stop = () =>
    new Promise<void>((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) return resolve()
      child.once('exit', () => resolve())
      child.kill('SIGKILL')
    })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('message', (said) => resolve({ said: said as T, stop }))
    child.once('exit', (code) => reject(new Error(`${module} ended with code ${code}`)))
  })
}
