import type { Packet } from 'mqtt-packet'
import { Backoff } from './backoff.ts'
import {
  brokerName,
  type Connection,
  type ConnectionOptions,
  ConnectRefused,
  NoAnswer,
  openConnection,
  type ProtocolVersion,
} from './connection.ts'
import { type ConnectFailure, failureOf } from './failure.ts'

export interface BrokerLinkOptions {
  connection: Omit<ConnectionOptions, 'version'>
  /** Asked before every attempt to connect. */
  mayConnect(): boolean
  onOpened(connection: Connection): void
  onPacket(packet: Packet): void
  /** There is no connection, or none any more; another attempt follows by itself. */
  onLost(failure: ConnectFailure): void
}

const STEADY_MS = 10_000

/** Keeps a connection to a broker: tries again with growing waits, and in the MQTT version that the broker knows. */
export class BrokerLink {
  readonly #options: BrokerLinkOptions
  readonly #backoff = new Backoff(250, 15_000)
  #version: ProtocolVersion = 5
  #connection: Connection | undefined
  #openedAt: number | undefined
  #stopped = false
  #timer: NodeJS.Timeout | undefined

  constructor(options: BrokerLinkOptions) {
    this.#options = options
  }

  get connection(): Connection | undefined {
    return this.#connection
  }

  get version(): ProtocolVersion {
    return this.#version
  }

  start(): void {
    void this.#connect()
  }

  /** Ends the connection; nothing is told any more. */
  stop(reason: string): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#connection?.end(reason)
    this.#connection = undefined
  }

  async #connect(): Promise<void> {
    const { connection, mayConnect, onPacket } = this.#options
    if (!mayConnect()) return this.#tryLater()
    try {
      await openConnection(
        { ...connection, version: this.#version },
        {
          onOpened: (opened) => this.#onOpened(opened),
          onPacket: (packet) => {
            if (!this.#stopped) onPacket(packet)
          },
          onClosed: (reason) => this.#onLost(new Error(reason)),
        },
      )
    } catch (thrown) {
      // A broker that knows only 3.1.1 says so, or closes without a word: the next attempt is in the other version.
      const foreign =
        thrown instanceof ConnectRefused ? thrown.unsupportedVersion : thrown instanceof NoAnswer
      if (foreign) this.#version = this.#version === 5 ? 4 : 5
      this.#onLost(thrown)
    }
  }

  #onOpened(connection: Connection): void {
    if (this.#stopped) {
      connection.end('stopping')
      return
    }
    this.#connection = connection
    this.#openedAt = Date.now()
    this.#options.onOpened(connection)
  }

  #onLost(thrown: unknown): void {
    // Two programs under one client id throw each other out: only a connection that held starts the waits anew.
    if (this.#openedAt !== undefined && Date.now() - this.#openedAt > STEADY_MS) this.#backoff.reset()
    this.#connection = undefined
    this.#openedAt = undefined
    if (this.#stopped) return
    this.#options.onLost(failureOf(thrown, brokerName(this.#options.connection.url)))
    this.#tryLater()
  }

  #tryLater(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#connect(), this.#backoff.next())
  }
}
