import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import net from 'node:net'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** `npm start` as a process, on ports of its own, with everything it says. */
export interface Standalone {
  process: ChildProcess
  httpUrl: string
  mqttUrl: string
  ingestUrl: string
  databaseUrl: string
  ports: { http: number; mqtt: number; ingest: number; database: number }
  words(): string
  /** Resolves when the links are printed; rejects when it ends before. */
  ready: Promise<void>
  /** Exit code, or the signal it was ended by. */
  ended: Promise<number | string>
}

/** `around` may put another program before it in the command. */
export async function runStandalone(
  folder: string,
  environment: Record<string, string> = {},
  around: (command: string[]) => string[] = (command) => command,
): Promise<Standalone> {
  const [http, mqtt, ingest, database] = (await freePorts(4)) as [number, number, number, number]
  const [program, ...args] = around([process.execPath, '--import', 'tsx', 'start.ts'])
  const child = spawn(program!, args, {
    cwd: ROOT,
    env: {
      ...process.env,
      PORT: `${http}`,
      MQTT_PORT: `${mqtt}`,
      INGEST_PORT: `${ingest}`,
      EMBEDDED_DB_PORT: `${database}`,
      DATA_DIR: folder,
      SIM_SCHOOLS: '40',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let words = ''
  let sayReady = () => {}
  const printed = new Promise<void>((resolve) => {
    sayReady = resolve
  })
  const listen = (chunk: Buffer) => {
    words += chunk.toString('utf8')
    if (words.includes('(ready)')) sayReady()
  }
  child.stdout.on('data', listen)
  child.stderr.on('data', listen)
  const ended = new Promise<number | string>((resolve) =>
    child.once('close', (code, signal) => resolve(signal ?? code ?? -1)),
  )
  const ready = Promise.race([
    printed,
    ended.then((how) => {
      throw new Error(`ended (${how}) before it was ready: ${words}`)
    }),
  ])
  ready.catch(() => {})
  const at = (port: number, scheme = 'http') => `${scheme}://127.0.0.1:${port}`
  return {
    process: child,
    httpUrl: at(http),
    mqttUrl: at(mqtt, 'mqtt'),
    ingestUrl: at(ingest),
    databaseUrl: `${at(database, 'postgres')}/postgres`.replace('://', '://postgres@'),
    ports: { http, mqtt, ingest, database },
    words: () => words,
    ready,
    ended,
  }
}

/** Process numbers of the parts of one standalone start. */
export function partsOf(one: Standalone): Record<string, number> {
  const lines = execFileSync('ps', ['-eo', 'pid,ppid,args'], { encoding: 'utf8' }).split('\n')
  const found: Record<string, number> = {}
  for (const line of lines) {
    const [pid, parent, ...words] = line.trim().split(/\s+/)
    if (Number(parent) !== one.process.pid) continue
    const name = /(embedded|ingest|server|simulator)\/main\.ts/.exec(words.join(' '))?.[1]
    if (name) found[name] = Number(pid)
  }
  return found
}

export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<net.Server>((resolve) => {
          const one = net.createServer().listen(0, '127.0.0.1', () => resolve(one))
        }),
    ),
  )
  const ports = servers.map((one) => (one.address() as net.AddressInfo).port)
  await Promise.all(servers.map((one) => new Promise((resolve) => one.close(resolve))))
  return ports
}
