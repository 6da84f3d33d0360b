import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Path of a program, or undefined where it is not installed. */
export function findProgram(name: string): string | undefined {
  try {
    return execFileSync('sh', ['-c', `PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v ${name}`], {
      encoding: 'utf8',
    }).trim()
  } catch {
    return undefined
  }
}

export interface Mosquitto {
  url: string
  port: number
  folder: string
  /** Ends it in good order. */
  kill(): Promise<void>
  /** kill -9. */
  crash(): Promise<void>
  start(): Promise<void>
  remove(): Promise<void>
}

export interface Place {
  port: number
  folder: string
}

/** Sessions on disk, and so many messages kept for a client that is away. @param more further lines */
export const keeping =
  (mostQueued = 100_000, more: readonly string[] = []) =>
  ({ port, folder }: Place) =>
    [
      `listener ${port} 127.0.0.1`,
      'allow_anonymous true',
      `max_queued_messages ${mostQueued}`,
      'persistence true',
      `persistence_location ${folder}/`,
      'autosave_interval 1',
      'user root',
      ...more,
    ].join('\n')

/** A Mosquitto on a free port. `configure` writes its configuration; files it names belong into the folder. */
export async function startMosquitto(
  program: string,
  configure: (place: Place) => string = keeping(),
): Promise<Mosquitto> {
  const folder = mkdtempSync(join(tmpdir(), 'ioc-mosquitto-'))
  const port = await freePort()
  const file = join(folder, 'mosquitto.conf')
  writeFileSync(file, configure({ port, folder }))
  let child: ChildProcess | undefined
  const end = (signal: 'SIGTERM' | 'SIGKILL') =>
    new Promise<void>((resolve) => {
      if (!child || child.exitCode !== null || child.signalCode !== null) return resolve()
      child.once('exit', () => resolve())
      child.kill(signal)
    })
  const start = async () => {
    child = spawn(program, ['-c', file], { stdio: 'ignore' })
    for (let attempt = 0; attempt < 200 && !(await answers(port)); attempt++) await pause(30)
  }
  await start()
  return {
    url: `mqtt://127.0.0.1:${port}`,
    port,
    folder,
    kill: () => end('SIGTERM'),
    crash: () => end('SIGKILL'),
    start,
    remove: async () => {
      await end('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => resolve(port))
    })
  })
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
