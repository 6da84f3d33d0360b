import { connect, type MqttClient } from 'mqtt'
import { coerceError, errorCode, IocError } from '../../shared/node/errors.ts'
import type { Logger } from '../../shared/node/log.ts'

export interface PublisherOptions {
  /** mqtt://[user:password@]host:port */
  url: string
  clientId: string
  /** Connections to spread the messages over. */
  connections: number
  /** Most messages sent and not yet acknowledged, over all connections. */
  window: number
  /** The first connection is waited for this long. */
  patienceMs: number
  log: Logger
}

export interface PublishedMessage {
  topic: string
  payload: string
  retain: boolean
}

export interface PublisherCounts {
  published: number
  acknowledged: number
  refused: number
  inFlight: number
  reconnects: number
}

interface Waiter {
  limit: number
  go: () => void
}

/**
 * Publishes at QoS 1 with a bounded number of unacknowledged messages. A message the broker has acknowledged is
 * never sent again; one that was on its way when a connection broke is sent again on the next one. Messages of one
 * lane keep their order.
 */
export class Publisher {
  readonly #options: PublisherOptions
  readonly #clients: MqttClient[] = []
  readonly #waiters: Waiter[] = []
  readonly #counts = { published: 0, acknowledged: 0, refused: 0, reconnects: 0 }
  #released = false

  constructor(options: PublisherOptions) {
    this.#options = options
  }

  get counts(): PublisherCounts {
    return { ...this.#counts, inFlight: this.#inFlight }
  }

  get #inFlight(): number {
    return this.#counts.published - this.#counts.acknowledged - this.#counts.refused
  }

  /** @throws IocError broker-unreachable when no connection stands in time. */
  async start(): Promise<void> {
    const { url, clientId, connections, patienceMs, log } = this.#options
    for (let i = 0; i < connections; i++) {
      this.#clients.push(
        connect(url, { clientId: `${clientId}-${i + 1}`, clean: true, reconnectPeriod: 1_000 }),
      )
    }
    const ready = this.#clients.map((client) => connected(client, patienceMs, describeBroker(url)))
    for (const client of this.#clients) {
      let lost = false
      client.on('close', () => {
        // Said once a loss, not at every attempt to come back.
        if (!lost && !this.#released)
          log.warn({ client: client.options.clientId }, 'the connection to the broker is lost')
        lost = true
      })
      client.on('connect', () => {
        if (lost) this.#counts.reconnects++
        lost = false
      })
      client.on('error', (error) => log.debug({ code: errorCode(error), error: error.message }, 'broker'))
    }
    await Promise.all(ready)
  }

  /** Resolves when a message may be published; `limit` keeps part of the window free for others. */
  room(limit = this.#options.window): Promise<void> {
    if (this.#released || this.#inFlight < limit) return Promise.resolve()
    return new Promise((go) => this.#waiters.push({ limit, go }))
  }

  /** Sends a message on the connection of its lane (any whole number). Resolves to whether it was acknowledged. */
  publish(lane: number, message: PublishedMessage): Promise<boolean> {
    this.#counts.published++
    const client = this.#clients[Math.abs(lane) % this.#clients.length]!
    return new Promise((resolve) => {
      client.publish(message.topic, message.payload, { qos: 1, retain: message.retain }, (error) => {
        if (error) {
          this.#counts.refused++
          if (!this.#released) this.#options.log.warn({ error: error.message }, 'a message was refused')
        } else {
          this.#counts.acknowledged++
        }
        this.#letGo()
        resolve(!error)
      })
    })
  }

  /** Lets everyone go who waits for room: for stopping, when no acknowledgement may come any more. */
  release(): void {
    this.#released = true
    for (const waiter of this.#waiters.splice(0)) waiter.go()
  }

  /** Waits for acknowledgements, at most `drainMs`, and disconnects. */
  async stop(drainMs: number): Promise<void> {
    const until = performance.now() + drainMs
    while (this.#inFlight > 0 && performance.now() < until) await new Promise((r) => setTimeout(r, 20))
    this.release()
    const force = this.#inFlight > 0
    await Promise.all(this.#clients.map((client) => client.endAsync(force)))
  }

  #letGo(): void {
    for (let i = 0; i < this.#waiters.length; ) {
      // Each waiter sends one message as it goes, so the others wait for the next acknowledgement.
      if (this.#inFlight < this.#waiters[i]!.limit) {
        this.#waiters.splice(i, 1)[0]!.go()
        return
      }
      i++
    }
  }
}

function connected(client: MqttClient, patienceMs: number, target: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let why = 'no answer'
    const onError = (error: unknown) => {
      why = errorCode(error) ?? coerceError(error).message
    }
    const timer = setTimeout(() => {
      client.end(true)
      reject(new IocError('broker-unreachable', { target, why }))
    }, patienceMs)
    client.on('error', onError)
    client.once('connect', () => {
      clearTimeout(timer)
      client.off('error', onError)
      resolve()
    })
  })
}

/** host:port of a broker's address, never its password. */
export function describeBroker(url: string): string {
  try {
    return new URL(url).host
  } catch {
    return 'an address that cannot be read'
  }
}
