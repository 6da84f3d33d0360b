import net from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { Aedes, type AuthenticateError, type Client, type PublishPacket } from 'aedes'
import type { Clock } from '../../shared/node/clock.ts'
import { errorCode, IocError } from '../../shared/node/errors.ts'
import type { Logger } from '../../shared/node/log.ts'
import { type Commands, type Intake, isAccepted, type Message } from '../message.ts'
import type { IngestMetrics } from '../metrics.ts'
import { isTopicName } from '../mqtt/topic-filter.ts'
import type { Access } from './access.ts'
import { BacklogRoom } from './backlog.ts'
import type { PublishFrame } from './frames.ts'
import { Gate, NOWHERE } from './gate.ts'
import { LastWills } from './wills.ts'

/** Payloads of up to 1 MiB, and the header and topic in front of them. */
const MOST_PACKET_BYTES = 1_048_576 + 65_544

export interface BrokerOptions {
  host: string
  port: number
  /** Bytes that may wait here for all connections together. */
  mostWaitingBytes: number
  intake: Intake
  access: Access
  clock: Clock
  metrics: IngestMetrics
  log: Logger
}

/**
 * The embedded MQTT broker (3.1 and 3.1.1). Its acknowledgement of a PUBLISH means: committed to the database. It
 * keeps retained messages and sessions in memory only; sessions end with their connection.
 */
export class EmbeddedBroker implements Commands {
  readonly #options: BrokerOptions
  readonly #gates = new Set<Gate>()
  readonly #admitted = new Map<string, Gate>()
  readonly #backlogRoom: BacklogRoom
  readonly #wills: LastWills
  readonly #server: net.Server
  readonly #aedes: Aedes
  #stopping = false

  constructor(options: BrokerOptions) {
    this.#options = options
    this.#backlogRoom = new BacklogRoom(options.mostWaitingBytes)
    this.#wills = new LastWills(options.intake)
    options.metrics.observeWaiting(() => this.#backlogRoom.used)
    this.#aedes = new Aedes({
      preConnect: (client, packet, done) => {
        const gate = gateOf(client)
        gate?.expectEvery(packet.keepalive ?? 0)
        if (gate) gate.willTopic = packet.will?.topic
        packet.keepalive = 0 // The gate sees every packet when it arrives, the broker only when it is let through.
        packet.clean = true // A queue for an absent subscriber would grow in memory without bound.
        done(null, !this.#stopping)
      },
      authenticate: (client, username, password, done) => {
        const allowed = options.access.mayConnect({ clientId: client.id, username, password })
        const gate = gateOf(client)
        if (!allowed) options.metrics.refused('not-allowed')
        else if (gate) this.#admit(gate, client.id, username)
        done(allowed ? null : notAuthorized(), allowed)
      },
      authorizePublish: (client, packet, done) => {
        // What a connection publishes was carried through the pipeline before it came out of its gate. A last will
        // comes from the broker itself, when its connection has closed.
        if (client && !client.closed) done(null)
        else this.#carryWill(client, packet, done)
      },
      authorizeSubscribe: (client, subscription, done) => {
        const allowed = options.access.maySubscribe(client.id, subscription.topic)
        done(null, allowed ? subscription : null)
      },
    })
    this.#server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#welcome(socket))
  }

  /** Resolves to the port. @throws IocError port-taken */
  async start(): Promise<number> {
    const { host, port, log } = this.#options
    await this.#aedes.listen()
    this.#aedes.on('clientError', (_client, error) =>
      log.debug({ error: error.message }, 'a client was dropped'),
    )
    this.#aedes.on('connectionError', (_client, error) =>
      log.debug({ error: error.message }, 'a connection was dropped'),
    )
    // aedes types do not list the event that it emits when its own store fails; unheard it would end the process.
    const emitter: NodeJS.EventEmitter = this.#aedes
    emitter.on('error', (error: Error) => log.error({ error: error.message }, 'the embedded broker failed'))
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error) => {
        const taken = errorCode(error) === 'EADDRINUSE'
        reject(taken ? new IocError('port-taken', { port, host, setting: 'MQTT_PORT' }) : error)
      })
      this.#server.listen(port, host, () => resolve((this.#server.address() as net.AddressInfo).port))
    })
  }

  get connected(): boolean {
    return this.#server.listening && !this.#stopping
  }

  publish(topic: string, payload: Buffer): void {
    const { metrics } = this.#options
    if (!this.connected || !isTopicName(topic)) {
      metrics.command(false)
      return
    }
    this.#aedes.publish({ cmd: 'publish', topic, payload, qos: 0, retain: false, dup: false }, () => {})
    metrics.command(true)
  }

  /** Takes nothing more, lets what is held be committed and acknowledged, then closes. */
  async stop(patienceMs: number): Promise<void> {
    this.#stopping = true
    this.#server.close()
    for (const gate of this.#gates) gate.stopTaking()
    await this.#options.intake.drained(patienceMs)
    // The last acknowledgements leave through the broker's own queues.
    await delay(20)
    await new Promise<void>((resolve) => this.#aedes.close(() => resolve()))
    for (const gate of this.#gates) gate.destroy()
  }

  #welcome(socket: net.Socket): void {
    const { intake, access, metrics, log } = this.#options
    const gate = new Gate(socket, {
      intake,
      backlogRoom: this.#backlogRoom,
      mostPacketBytes: MOST_PACKET_BYTES,
      mayPublish: (clientId, topic) => access.mayPublish(clientId, topic),
      toMessage: (frame, username, settle) => this.#toMessage(frame, username, settle),
      onOrphan: ({ topic, payload, qos, retain }) => {
        this.#aedes.publish({ cmd: 'publish', topic, payload, qos, retain, dup: false }, () => {})
      },
      onDropped: () => metrics.dropped(),
      onRefused: (reason, detail) => {
        metrics.refused(reason)
        log.info({ reason, detail, from: socket.remoteAddress }, 'an MQTT connection was closed')
      },
    })
    this.#gates.add(gate)
    metrics.connections(this.#gates.size)
    gate.on('close', () => {
      this.#gates.delete(gate)
      const { clientId } = gate
      if (clientId !== undefined && this.#admitted.get(clientId) === gate) this.#admitted.delete(clientId)
      metrics.connections(this.#gates.size)
    })
    this.#aedes.handle(gate)
  }

  #admit(gate: Gate, clientId: string, username: string | undefined): void {
    // A device that is back on a new connection before its old one was missed has not gone.
    const before = this.#admitted.get(clientId)
    if (before && before.willTopic === gate.willTopic) before.willTopic = undefined
    this.#admitted.set(clientId, gate)
    gate.admit(clientId, username)
  }

  #toMessage(frame: PublishFrame, username: string | undefined, settle: Message['settle']): Message {
    const { topic, payload, qos, dup } = frame
    const receivedAt = this.#now()
    // A publisher's retain flag asks the broker to keep the message; the message itself is of now.
    return { topic, payload, qos, dup, retained: false, receivedAt, source: 'mqtt', username, settle }
  }

  #carryWill(client: Client | null, packet: PublishPacket, done: (error?: Error | null) => void): void {
    const { access, metrics } = this.#options
    const announced = client !== null && gateOf(client)?.willTopic === packet.topic
    // A broker that stops is no sign that devices have gone.
    if (
      this.#stopping ||
      !announced ||
      packet.topic === NOWHERE ||
      !access.mayPublish(client.id, packet.topic)
    ) {
      done(new Error('this last will is not published'))
      return
    }
    const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload)
    const message: Message = {
      topic: packet.topic,
      payload,
      qos: packet.qos ?? 0,
      dup: false,
      retained: false,
      receivedAt: this.#now(),
      source: 'mqtt',
      username: client ? gateOf(client)?.username : undefined,
      settle: (outcome) => done(isAccepted(outcome) ? null : new Error('a refused last will')),
    }
    this.#wills.carry(message, () => {
      metrics.dropped()
      done(new Error('a last will with no room for it'))
    })
  }

  #now(): number {
    return Math.round(this.#options.clock.now())
  }
}

function gateOf(client: Client): Gate | undefined {
  return client.conn instanceof Gate ? client.conn : undefined
}

function notAuthorized(): AuthenticateError {
  return Object.assign(new Error('not authorized'), { returnCode: 5 })
}
