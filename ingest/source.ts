import { setTimeout as delay } from 'node:timers/promises'
import type { IPublishPacket, Packet } from 'mqtt-packet'
import { parseTopic, topics } from '../shared/contract/topics.ts'
import type { Clock } from '../shared/node/clock.ts'
import { coerceError } from '../shared/node/errors.ts'
import type { Logger } from '../shared/node/log.ts'
import { finding } from './broker-care/findings.ts'
import type { Commands, Intake, Message } from './message.ts'
import { AckQueue } from './mqtt/ack-queue.ts'
import { BrokerLink } from './mqtt/broker-link.ts'
import { type BrokerAddress, brokerName, type Connection, type ProtocolVersion } from './mqtt/connection.ts'
import type { ConnectFailure } from './mqtt/failure.ts'
import { isProbe } from './mqtt/probe-topic.ts'
import { type SubscriptionMemory, Subscriptions } from './mqtt/subscriptions.ts'

export interface SourceOptions {
  address: BrokerAddress
  clientId: string
  /** What it subscribes to; none: it only empties the session. */
  filters: readonly string[]
  memory: SessionMemory
  receiveMaximum: number
  /** Asked before every attempt to connect. */
  mayConnect(): boolean
  /** Told when the connection or its subscriptions have changed. */
  onChange(): void
  intake: Intake
  clock: Clock
  log: Logger
}

/** What is known of the session beyond this program. */
export interface SessionMemory extends SubscriptionMemory {
  opened(sessionPresent: boolean): void
}

export interface SourceState {
  /** Milliseconds since 1970; undefined while there is no connection. */
  connectedAt: number | undefined
  version: ProtocolVersion
  failure: ConnectFailure | undefined
  refused: readonly string[]
  lowered: readonly string[]
  /** For how long the broker keeps the session. */
  expirySeconds: number | undefined
}

const KEEP_ALIVE_SECONDS = 30
/** The broker keeps what came while we were away for a week. */
export const SESSION_EXPIRY_SECONDS = 7 * 86_400
/** How often a leaving source looks whether everything is acknowledged. */
const DRAIN_LOOK_MS = 20

/**
 * A session at an MQTT broker. Messages are handed in as they come and acknowledged when they are settled, many at
 * a time and in order; while there is no room the socket is not read. The session has a fixed name and outlives
 * connections, so that the broker keeps what comes while we are away.
 */
export class Source implements Commands {
  readonly #options: SourceOptions
  readonly #link: BrokerLink
  #subscriptions: Subscriptions | undefined
  #subscribedAt: number | undefined
  #failure: ConnectFailure | undefined
  #received = 0
  #stopping = false
  /** Packets that came in one chunk with the one for which there was no room. */
  #pending: IPublishPacket[] = []
  #acks = new AckQueue(() => {})

  constructor(options: SourceOptions) {
    this.#options = options
    const { address, clientId, receiveMaximum, mayConnect } = options
    this.#link = new BrokerLink({
      connection: {
        ...{ ...address, clientId, clean: false, receiveMaximum },
        keepAliveSeconds: KEEP_ALIVE_SECONDS,
        sessionExpirySeconds: SESSION_EXPIRY_SECONDS,
      },
      mayConnect: () => !this.#stopping && mayConnect(),
      onOpened: (connection) => this.#onOpened(connection),
      onPacket: (packet) => this.#onPacket(packet),
      onLost: (failure) => this.#onLost(failure),
    })
  }

  /** Whether messages can come: connected and subscribed. */
  get connected(): boolean {
    return this.#subscribedAt !== undefined
  }

  /** Messages received and not yet acknowledged. */
  get unacknowledged(): number {
    return this.#acks.length
  }

  /** Messages received since the start. */
  get received(): number {
    return this.#received
  }

  /** How it stands with the broker, for findings. */
  get state(): SourceState {
    return {
      connectedAt: this.#subscribedAt,
      version: this.#link.version,
      failure: this.#failure,
      refused: this.#subscriptions?.refused ?? [],
      lowered: this.#subscriptions?.lowered ?? [],
      expirySeconds: this.#link.connection?.granted.sessionExpirySeconds,
    }
  }

  start(): void {
    this.#link.start()
  }

  /** Sends a command at QoS 0 while connected; false otherwise. */
  publish(topic: string, payload: Buffer): boolean {
    if (!this.connected) return false
    this.#link.connection?.send({ cmd: 'publish', topic, payload, qos: 0, retain: false, dup: false })
    return true
  }

  /** Takes nothing more, lets what is held be committed and acknowledged, then leaves; the session stays. */
  async stop(patienceMs: number): Promise<void> {
    this.#stopping = true
    this.#pending = []
    this.#link.connection?.pause()
    for (const until = Date.now() + patienceMs; this.unacknowledged > 0 && Date.now() < until; ) {
      await delay(DRAIN_LOOK_MS)
    }
    this.abandon('stopping')
  }

  /** Leaves at once; what is held is still committed, and sent again to whoever connects next. */
  abandon(reason: string): void {
    this.#stopping = true
    this.#subscriptions?.stop()
    this.#link.stop(reason)
    this.#subscribedAt = undefined
  }

  #onOpened(connection: Connection): void {
    const { filters, memory } = this.#options
    this.#pending = []
    this.#acks = new AckQueue((messageId, qos) =>
      connection.send({ cmd: qos === 1 ? 'puback' : 'pubrec', messageId }),
    )
    memory.opened(connection.sessionPresent)
    this.#subscriptions = new Subscriptions(connection, filters, memory, () => this.#onSubscribed())
    this.#subscriptions
      .begin()
      .catch((error: unknown) => connection.end(`filters not remembered: ${coerceError(error).message}`))
  }

  #onPacket(packet: Packet): void {
    const { cmd, messageId } = packet
    if (cmd === 'publish') this.#onPublish(packet)
    else if (cmd === 'pubrel') this.#link.connection?.send({ cmd: 'pubcomp', messageId: messageId! })
    else this.#subscriptions?.onPacket(packet)
  }

  #onSubscribed(): void {
    const { address, clientId, filters, log } = this.#options
    const refused = this.#subscriptions?.refused ?? []
    if (filters.length > 0 && refused.length === filters.length) {
      this.#complain({ code: 'subscription-refused', params: { filters: refused.join(', ') } })
      return
    }
    if (this.#subscribedAt === undefined) {
      const session = this.#link.connection?.sessionPresent
      log.info(
        { broker: brokerName(address.url), clientId, mqtt: this.#link.version, session },
        'broker connected',
      )
    }
    this.#subscribedAt ??= Date.now()
    this.#failure = undefined
    this.#options.onChange()
  }

  #onPublish(packet: IPublishPacket): void {
    this.#received += 1
    if (this.#pending.length > 0 || !this.#take(packet)) {
      if (this.#pending.length === 0) this.#waitForRoom()
      this.#pending.push(packet)
    }
  }

  #waitForRoom(): void {
    this.#link.connection?.pause()
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
    if (!this.#stopping) this.#link.connection?.resume()
  }

  /** False when there is no room. */
  #take(packet: IPublishPacket): boolean {
    const { topic, qos, dup, retain, messageId } = packet
    const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload)
    let acknowledge = () => {}
    if ((payload.length === 0 && clearsRetained(topic)) || isProbe(topic)) {
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

  #onLost(failure: ConnectFailure): void {
    this.#subscribedAt = undefined
    this.#subscriptions?.stop()
    this.#pending = []
    // What was held of the lost connection is still committed; the broker sends it again and finds it stored.
    this.#acks = new AckQueue(() => {})
    this.#complain(failure)
  }

  /** One line for each thing that stands in the way, not one an attempt. */
  #complain(failure: ConnectFailure): void {
    const { clientId, log, onChange } = this.#options
    const { code, params } = failure
    if (code !== this.#failure?.code) log.error({ clientId, code }, finding(code, params, 0).en)
    this.#failure = failure
    onChange()
  }
}

function clearsRetained(topic: string): boolean {
  const kind = parseTopic(topic)?.kind
  return kind !== undefined && topics[kind].retained
}
