import { fork } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Runs one of the product's own command-line programs to its end. @throws Error with its last words when it fails. */
export function runOnce(module: string, args: string[], environment: Record<string, string>): Promise<void> {
  const path = join(fileURLToPath(new URL('..', import.meta.url)), module)
  return new Promise((resolve, reject) => {
    const child = fork(path, args, {
      env: { ...process.env, ...environment },
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    let words = ''
    const keep = (chunk: Buffer) => {
      words = (words + chunk.toString('utf8')).slice(-4_000)
    }
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      if (code === 0) resolve()
      else reject(new Error(`${module} ended with ${signal ?? `code ${code}`}: ${words.trim()}`))
    })
  })
}
