import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { freePort } from './mosquitto.ts'

export interface IngestProcess {
  httpUrl: string
  /** kill -9. */
  crash(): Promise<void>
  stop(): Promise<void>
  /** A sample of /metrics by its full name; 0 where there is none. */
  sample(name: string): Promise<number>
}

/** The ingest program as a process of its own; resolves when it says that it is ready. */
export async function startIngestProcess(
  settings: Record<string, string>,
  atPort?: number,
): Promise<IngestProcess> {
  const port = atPort ?? (await freePort())
  const child = fork(fileURLToPath(new URL('../../ingest/main.ts', import.meta.url)), [], {
    env: { ...process.env, INGEST_PORT: `${port}`, LOG_LEVEL: 'silent', ...settings },
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  await new Promise<void>((resolve, reject) => {
    child.once('message', (message: { ready?: boolean }) =>
      message.ready ? resolve() : reject(new Error(JSON.stringify(message))),
    )
    child.once('exit', (code) => reject(new Error(`ended with ${code}`)))
  })
  const httpUrl = `http://127.0.0.1:${port}`
  return {
    httpUrl,
    crash: () => end(child, 'SIGKILL'),
    stop: () => end(child, 'SIGTERM'),
    sample: async (name) => {
      const text = await (await fetch(`${httpUrl}/metrics`)).text()
      const line = text.split('\n').find((one) => one.startsWith(`${name} `))
      return Number(line?.slice(name.length + 1) ?? 0)
    },
  }
}

function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.kill(signal)
  })
}
