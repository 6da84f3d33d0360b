import { type ChildProcess, execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** Starts `npm run deadletters -- …` the way npm does. */
export function startCommand(
  databaseUrl: string,
  ...args: string[]
): { child: ChildProcess; ended: Promise<Ended> } {
  const env = { ...process.env, DATABASE_URL: databaseUrl }
  const argv = ['--import', 'tsx', 'ingest/letters/dead-letters-main.ts', '--', ...args]
  let child!: ChildProcess
  const ended = new Promise<Ended>((resolve) => {
    child = execFile(
      process.execPath,
      argv,
      { cwd: ROOT, env, maxBuffer: 64 * 1_048_576 },
      (_error, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    )
  })
  return { child, ended }
}

export const runCommand = (databaseUrl: string, ...args: string[]): Promise<Ended> =>
  startCommand(databaseUrl, ...args).ended
