import type { IPublishPacket, ISubackPacket, Packet } from 'mqtt-packet'
import { parseTopic, topics } from '../shared/contract/topics.ts'
import type { Clock } from '../shared/node/clock.ts'
import { coerceError } from '../shared/node/errors.ts'
import type { Logger } from '../shared/node/log.ts'
import type { Intake, Message } from './message.ts'
import { AckQueue } from './mqtt/ack-queue.ts'
import { Backoff } from './mqtt/backoff.ts'
import {
  type Connection,
  ConnectRefused,
  NoAnswer,
  openConnection,
  type ProtocolVersion,
} from './mqtt/connection.ts'

export interface SourceOptions {
  url: string
  clientId: string
  username: string | undefined
  password: string | undefined
  /** Topic filters. */
  subscriptions: readonly string[]
  receiveMaximum: number
  intake: Intake
  clock: Clock
  log: Logger
}

const KEEP_ALIVE_SECONDS = 30
/** The broker keeps what came while we were away for a week. */
const SESSION_EXPIRY_SECONDS = 7 * 86_400
const SUBSCRIBE_ID = 1
const STEADY_MS = 10_000

/**
 * A session at an MQTT broker. Messages are handed in as they come and acknowledged when they are settled, many at
 * a time and in order; while there is no room the socket is not read. The session has a fixed name and outlives
 * connections, so that the broker keeps what comes while we are away.
 */
export class Source {
  readonly #options: SourceOptions
  readonly #backoff = new Backoff(250, 15_000)
  #version: ProtocolVersion = 5
  #connection: Connection | undefined
  #subscribedAt: number | undefined
  #stopping = false
  #complained = false
  #timer: NodeJS.Timeout | undefined
  /** Packets that came in one chunk with the one for which there was no room. */
  #pending: IPublishPacket[] = []
  #acks = new AckQueue(() => {})

  constructor(options: SourceOptions) {
    this.#options = options
  }

  /** Whether messages can come: connected and subscribed. */
  get connected(): boolean {
    return this.#subscribedAt !== undefined
  }

  /** Messages received and not yet acknowledged. */
  get unacknowledged(): number {
    return this.#acks.length
  }

  /** Best effort, QoS 0: lost while there is no connection. */
  publish(topic: string, payload: Buffer): void {
    this.#connection?.send({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false })
  }

  start(): void {
    void this.#connect()
  }

  /** Takes nothing more, lets what is held be committed and acknowledged, then leaves. */
  async stop(patienceMs: number): Promise<void> {
    this.#stopping = true
    clearTimeout(this.#timer)
    this.#pending = []
    this.#connection?.pause()
    await this.#options.intake.drained(patienceMs)
    this.#connection?.end('stopping')
    this.#connection = undefined
    this.#subscribedAt = undefined
  }

  async #connect(): Promise<void> {
    const { url, clientId, receiveMaximum } = this.#options
    const { username, password } = credentialsOf(this.#options)
    try {
      const connection = await openConnection(
        {
          url,
          clientId,
          username,
          password,
          version: this.#version,
          receiveMaximum,
          keepAliveSeconds: KEEP_ALIVE_SECONDS,
          sessionExpirySeconds: SESSION_EXPIRY_SECONDS,
        },
        {
          onPacket: (packet) => this.#onPacket(packet),
          onClosed: (reason) => this.#onLost(reason),
        },
      )
      if (this.#stopping) return connection.end('stopping')
      this.#onConnected(connection)
    } catch (thrown) {
      // A broker that knows only 3.1.1 says so, or closes without a word: the next attempt is in the other version.
      const foreign =
        thrown instanceof ConnectRefused ? thrown.unsupportedVersion : thrown instanceof NoAnswer
      if (foreign) this.#version = this.#version === 5 ? 4 : 5
      this.#onLost(coerceError(thrown).message)
    }
  }

  #onConnected(connection: Connection): void {
    this.#connection = connection
    this.#pending = []
    this.#acks = new AckQueue((messageId, qos) =>
      connection.send({ cmd: qos === 1 ? 'puback' : 'pubrec', messageId }),
    )
    // Subscribed anew each time: the session may be new, or the filter another one. At QoS 1 no QoS 2 comes, and
    // retained messages come only with a new subscription (where the broker speaks MQTT 5).
    const terms = { qos: 1 as const, nl: false, rap: false, rh: 1 }
    const subscriptions = this.#options.subscriptions.map((topic) => ({ topic, ...terms }))
    connection.send({ cmd: 'subscribe', messageId: SUBSCRIBE_ID, subscriptions })
  }

  #onPacket(packet: Packet): void {
    if (packet.cmd === 'publish') this.#onPublish(packet)
    else if (packet.cmd === 'pubrel') this.#connection?.send({ cmd: 'pubcomp', messageId: packet.messageId! })
    else if (packet.cmd === 'suback') this.#onSuback(packet)
  }

  #onSuback({ granted }: ISubackPacket): void {
    const { subscriptions, log, url } = this.#options
    const refused = subscriptions.filter((_, at) => Number(granted[at]) >= 128)
    if (refused.length === subscriptions.length) {
      this.#connection?.end(`the broker refuses the subscription ${refused.join(', ')} (code ${granted[0]})`)
      return
    }
    // What may be read is read: a broker may well keep some formats to itself.
    if (refused.length > 0) log.error({ refused }, 'the broker refuses some subscriptions')
    this.#subscribedAt = performance.now()
    this.#complained = false
    log.info(
      { broker: new URL(url).host, mqtt: this.#version, session: this.#connection?.sessionPresent },
      'broker connected',
    )
  }

  #onPublish(packet: IPublishPacket): void {
    if (this.#pending.length > 0 || !this.#take(packet)) {
      if (this.#pending.length === 0) this.#waitForRoom()
      this.#pending.push(packet)
    }
  }

  #waitForRoom(): void {
    this.#connection?.pause()
    this.#options.intake.whenRoom(() => this.#takePending())
  }

  #takePending(): void {
    while (this.#pending.length > 0) {
      if (!this.#take(this.#pending[0]!)) {
        this.#waitForRoom()
        return
      }
      this.#pending.shift()
    }
    if (!this.#stopping) this.#connection?.resume()
  }

  /** False when there is no room. */
  #take(packet: IPublishPacket): boolean {
    const { topic, qos, dup, retain, messageId } = packet
    const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload)
    let acknowledge = () => {}
    if (payload.length === 0 && clearsRetained(topic)) {
      if (qos > 0) this.#acks.add(messageId!, qos as 1 | 2)()
      return true
    }
    const message: Message = {
      topic,
      payload,
      qos,
      dup,
      retained: retain,
      receivedAt: Math.round(this.#options.clock.now()),
      source: 'mqtt',
      // A broker does not tell its subscribers who published.
      username: undefined,
      settle: () => acknowledge(),
    }
    if (!this.#options.intake.offer(message)) return false
    if (qos > 0) acknowledge = this.#acks.add(messageId!, qos as 1 | 2)
    return true
  }

  #onLost(reason: string): void {
    // Two programs under one client id throw each other out: only a connection that held starts the waits anew.
    if (this.#subscribedAt !== undefined && performance.now() - this.#subscribedAt > STEADY_MS)
      this.#backoff.reset()
    this.#connection = undefined
    this.#subscribedAt = undefined
    this.#pending = []
    // What was held of the lost connection is still committed; the broker sends it again and finds it stored.
    this.#acks = new AckQueue(() => {})
    if (this.#stopping) return
    if (!this.#complained) {
      this.#complained = true
      this.#options.log.error(
        { broker: new URL(this.#options.url).host, reason },
        'broker lost; connecting again',
      )
    }
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#connect(), this.#backoff.next())
  }
}

function clearsRetained(topic: string): boolean {
  const kind = parseTopic(topic)?.kind
  return kind !== undefined && topics[kind].retained
}

/** A user name in the address counts, unless settings give one. */
function credentialsOf(options: SourceOptions): {
  username: string | undefined
  password: string | undefined
} {
  const { username, password } = new URL(options.url)
  return {
    username: options.username ?? (username === '' ? undefined : decodeURIComponent(username)),
    password: options.password ?? (password === '' ? undefined : decodeURIComponent(password)),
  }
}
