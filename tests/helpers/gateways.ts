import net from 'node:net'
import { generate } from 'mqtt-packet'

/**
 * School gateways by the thousand, on plain sockets: they publish at a steady rate at QoS 1 and hold what is not
 * acknowledged. A message is made anew from its number when it must be sent again, so that holding half an hour of
 * messages takes no memory here, and the process under test is the only one that could run out of it.
 */
export interface GatewaysOptions {
  url: string
  connections: number
  /** Of all connections together. */
  perSecond: number
  /** Most unacknowledged messages of one connection; what is due beyond them waits. */
  window: number
  keepAliveSeconds: number
  /** The n-th message of one connection. */
  message(connection: number, n: number): { topic: string; payload: string }
  /** Topic of its state: told online at every connection, offline by its last will. */
  stateTopic?(connection: number): string
  /** Prefix of the client ids. */
  name: string
}

export interface GatewayCounts {
  due: number
  acknowledged: number
  /** Connections that broke without our doing. */
  lost: number
  /** Pings without an answer in time. */
  unansweredPings: number
  /** Acknowledgements out of order. */
  disorder: number
}

export interface Gateways {
  counts(): GatewayCounts
  /** Milliseconds from a message's first sending to its acknowledgement, since the last call. */
  takeWaits(): number[]
  /** No further messages fall due; resolves when all that were due are acknowledged, or after `patienceMs`. */
  finish(patienceMs: number): Promise<void>
  /** Ends all connections, with or without taking leave. */
  close(how?: 'politely' | 'rudely'): Promise<void>
}

const TICK_MS = 20
const RECONNECT_MS = 300

export async function startGateways(options: GatewaysOptions): Promise<Gateways> {
  const tally = { lost: 0, unansweredPings: 0, disorder: 0, waits: [] as number[] }
  const all = Array.from({ length: options.connections }, (_, at) => new Gateway(options, at, tally))
  for (let at = 0; at < all.length; at += 100) {
    await Promise.all(all.slice(at, at + 100).map((one) => one.connected))
  }
  const started = performance.now()
  let due = 0
  let finishing = false
  const timer = setInterval(() => {
    if (!finishing) due = Math.floor(((performance.now() - started) / 1000) * options.perSecond)
    all.forEach((one, at) => {
      one.sendUpTo(Math.floor((due + options.connections - 1 - at) / options.connections))
    })
  }, TICK_MS)
  const acknowledged = () => all.reduce((sum, one) => sum + one.acknowledged, 0)
  return {
    counts: () => ({
      due,
      acknowledged: acknowledged(),
      lost: tally.lost,
      unansweredPings: tally.unansweredPings,
      disorder: tally.disorder,
    }),
    takeWaits: () => tally.waits.splice(0),
    finish: async (patienceMs) => {
      finishing = true
      for (const until = Date.now() + patienceMs; acknowledged() < due && Date.now() < until; ) {
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
    close: async (how = 'politely') => {
      clearInterval(timer)
      await Promise.all(all.map((one) => one.close(how)))
    },
  }
}

class Gateway {
  readonly #options: GatewaysOptions
  readonly #at: number
  readonly #tally: { lost: number; unansweredPings: number; disorder: number; waits: number[] }
  readonly connected: Promise<void>
  #sayConnected = () => {}
  #socket = new net.Socket()
  #open = false
  #closing = false
  #answered = true
  #pinger: NodeJS.Timeout | undefined
  #rest: Buffer = Buffer.alloc(0)
  /** Messages sent, counted from the first one; what was unacknowledged when a connection broke counts anew. */
  #sent = 0
  acknowledged = 0
  /** When each unacknowledged message was sent first. */
  #since: number[] = []

  constructor(
    options: GatewaysOptions,
    at: number,
    tally: { lost: number; unansweredPings: number; disorder: number; waits: number[] },
  ) {
    this.#options = options
    this.#at = at
    this.#tally = tally
    this.connected = new Promise((resolve) => {
      this.#sayConnected = resolve
    })
    this.#connect()
  }

  sendUpTo(due: number): void {
    if (!this.#open) return
    const { window, message } = this.#options
    const out: Buffer[] = []
    for (; this.#sent < due && this.#sent - this.acknowledged < window; this.#sent++) {
      const again = this.#sent - this.acknowledged < this.#since.length
      if (!again) this.#since.push(performance.now())
      const { topic, payload } = message(this.#at, this.#sent)
      const messageId = idOf(this.#sent)
      out.push(generate({ cmd: 'publish', topic, payload, qos: 1, messageId, retain: false, dup: again }))
    }
    if (out.length > 0) this.#socket.write(Buffer.concat(out))
  }

  close(how: 'politely' | 'rudely'): Promise<void> {
    this.#closing = true
    clearInterval(this.#pinger)
    if (this.#socket.destroyed) return Promise.resolve()
    return new Promise((resolve) => {
      this.#socket.once('close', () => resolve())
      if (how === 'rudely') this.#socket.destroy()
      else this.#socket.end(generate({ cmd: 'disconnect' }), () => this.#socket.destroy())
    })
  }

  #connect(): void {
    const { url, name, keepAliveSeconds, stateTopic } = this.#options
    const { hostname, port } = new URL(url)
    const topic = stateTopic?.(this.#at)
    const will = topic && { topic, payload: Buffer.from('{"online":false}'), qos: 1 as const, retain: true }
    this.#rest = Buffer.alloc(0)
    this.#socket = net.connect({ host: hostname, port: Number(port), noDelay: true })
    this.#socket.on('error', () => {})
    this.#socket.on('data', (chunk) => this.#read(chunk))
    this.#socket.on('close', () => this.#onClosed())
    this.#socket.write(
      generate({
        cmd: 'connect',
        clientId: `${name}-${this.#at}`,
        protocolId: 'MQTT',
        protocolVersion: 4,
        clean: true,
        keepalive: keepAliveSeconds,
        ...(will ? { will } : {}),
      }),
    )
  }

  #onConnack(): void {
    const { stateTopic, keepAliveSeconds } = this.#options
    this.#open = true
    this.#answered = true
    this.#sent = this.acknowledged
    const topic = stateTopic?.(this.#at)
    if (topic) {
      const state = { topic, payload: '{"online":true}', qos: 1 as const, messageId: STATE_ID }
      this.#socket.write(generate({ cmd: 'publish', ...state, retain: true, dup: false }))
    }
    this.#pinger = setInterval(() => this.#ping(), keepAliveSeconds * 1_000)
    this.#sayConnected()
  }

  #ping(): void {
    if (!this.#answered) {
      // What a device does whose broker is silent.
      this.#tally.unansweredPings += 1
      this.#socket.destroy()
      return
    }
    this.#answered = false
    this.#socket.write(generate({ cmd: 'pingreq' }))
  }

  /** All answers a publisher at QoS 1 gets are shorter than 128 bytes: one byte of length. */
  #read(chunk: Buffer): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    while (bytes.length >= 2 && bytes.length >= 2 + bytes[1]!) {
      const type = bytes[0]! >> 4
      if (type === 2) this.#onConnack()
      else if (type === 13) this.#answered = true
      else if (type === 4) this.#onPuback(bytes.readUInt16BE(2))
      bytes = bytes.subarray(2 + bytes[1]!)
    }
    this.#rest = bytes
  }

  #onPuback(id: number): void {
    if (id === STATE_ID) return
    if (id !== idOf(this.acknowledged)) this.#tally.disorder += 1
    this.acknowledged += 1
    this.#tally.waits.push(performance.now() - this.#since.shift()!)
  }

  #onClosed(): void {
    clearInterval(this.#pinger)
    if (this.#closing) return
    if (this.#open) this.#tally.lost += 1
    this.#open = false
    setTimeout(() => {
      if (!this.#closing) this.#connect()
    }, RECONNECT_MS)
  }
}

const STATE_ID = 65_535

function idOf(n: number): number {
  return 1 + (n % 65_000)
}
