import net from 'node:net'
import { generate } from 'mqtt-packet'
import { z } from 'zod'
import { summarise } from '../statistics.ts'

/**
 * Run as a process of its own: publishes telemetry at QoS 1 over several connections, each with a window of
 * unacknowledged messages, as fast as they are acknowledged or at a steady rate. It writes packets by hand, so that
 * the load costs as little of the machine as possible.
 */
const Settings = z.object({
  host: z.string(),
  port: z.number(),
  connections: z.number(),
  /** Unacknowledged messages a connection. */
  window: z.number(),
  /** Messages in all. */
  messages: z.number(),
  /** Messages a second; null: as fast as they are acknowledged. */
  rate: z.number().nullable(),
  /** Milliseconds since 1970 of the first message; each device goes on by a second a message. */
  from: z.number(),
  topics: z.array(z.string()),
})

const settings = Settings.parse(JSON.parse(process.argv[2] ?? '{}'))
const started = performance.now()
let next = 0
let acknowledged = 0
const waits = new Float64Array(settings.messages)

/** The n-th message of the whole load: device after device, so that no two of one device have the same time. */
function frame(n: number, messageId: number): Buffer {
  const round = Math.floor(n / settings.topics.length)
  const topic = settings.topics[n % settings.topics.length]!
  const body = `{"ts":${settings.from + round * 1000},"values":{"co2":${500 + (n % 700)},"temperature":${24 + (n % 50) / 10},"humidity":61.5,"light":${400 + (n % 90)}}}`
  const size = 2 + topic.length + 2 + body.length
  const buffer = Buffer.allocUnsafe(3 + size)
  buffer[0] = 0x32
  buffer[1] = (size & 0x7f) | 0x80
  buffer[2] = size >> 7
  let at = buffer.writeUInt16BE(topic.length, 3)
  at += buffer.write(topic, at, 'latin1')
  at = buffer.writeUInt16BE(messageId, at)
  buffer.write(body, at, 'latin1')
  return buffer
}

class Connection {
  readonly #socket: net.Socket
  readonly #sentAt = new Float64Array(65_536)
  readonly #which = new Int32Array(65_536)
  #free: number[] = []
  #rest: Buffer = Buffer.alloc(0)
  #open = false

  constructor(id: number) {
    for (let n = settings.window; n >= 1; n--) this.#free.push(n)
    this.#socket = net.connect({ host: settings.host, port: settings.port, noDelay: true })
    this.#socket.on('connect', () =>
      this.#socket.write(
        generate({
          cmd: 'connect',
          clientId: `flood-${id}`,
          clean: true,
          keepalive: 0,
          protocolId: 'MQTT',
          protocolVersion: 4,
        }),
      ),
    )
    this.#socket.on('data', (chunk: Buffer) => this.#onData(chunk))
    this.#socket.on('error', (error) => fail(error.message))
    this.#socket.on('close', () => acknowledged < settings.messages && fail('the broker closed a connection'))
  }

  end(): void {
    this.#socket.end()
  }

  #onData(chunk: Buffer): void {
    let data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const now = performance.now()
    while (data.length >= 4) {
      // CONNACK and PUBACK of MQTT 3.1.1 are four bytes both.
      if (data[0] === 0x20) this.#open = true
      else if (data[0] === 0x40) {
        const id = data.readUInt16BE(2)
        waits[this.#which[id]!] = now - this.#sentAt[id]!
        acknowledged++
        this.#free.push(id)
      } else fail(`an unexpected packet ${data[0]}`)
      data = data.subarray(4)
    }
    this.#rest = data
    this.send()
    if (acknowledged === settings.messages) finish()
  }

  /** As much as the window and the rate let it. */
  send(): void {
    if (!this.#open || this.#free.length === 0) return
    const now = performance.now()
    const due =
      settings.rate === null
        ? settings.messages
        : Math.min(settings.messages, Math.floor(((now - started) / 1000) * settings.rate))
    const frames: Buffer[] = []
    // With a rate everybody sends in turn; at full speed each as its window allows.
    for (
      let most = settings.rate === null ? settings.window : 20;
      most > 0 && next < due && this.#free.length > 0;
      most--
    ) {
      const id = this.#free.pop()!
      this.#sentAt[id] = now
      this.#which[id] = next
      frames.push(frame(next++, id))
    }
    if (frames.length > 0) this.#socket.write(Buffer.concat(frames))
  }
}

const connections = Array.from({ length: settings.connections }, (_, n) => new Connection(n))
const timer = setInterval(() => {
  for (const connection of connections) connection.send()
}, 5)

function finish(): void {
  clearInterval(timer)
  for (const connection of connections) connection.end()
  const seconds = (performance.now() - started) / 1000
  const cpu = process.cpuUsage()
  const result = {
    messages: settings.messages,
    seconds,
    waits: summarise([...waits]),
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
  }
  process.send?.(result, undefined, undefined, () => process.exit(0))
}

function fail(why: string): never {
  console.error(`the load failed: ${why}`)
  process.exit(1)
}
