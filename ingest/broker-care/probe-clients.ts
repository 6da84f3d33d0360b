import type { IPublishPacket, Packet } from 'mqtt-packet'
import type { Connection, ConnectionHandlers } from '../mqtt/connection.ts'

/** The broker has ended a connection of the probe: what was counted until then says nothing. */
export class ConnectionEnded extends Error {}

const MOST_UNACKNOWLEDGED = 100

/** One connection of the probe. What it waits for fails when the connection ends or the patience does. */
abstract class ProbeClient {
  readonly #patience: AbortSignal
  #connection: Connection | undefined
  readonly #ended: Promise<void>
  #onEnded = () => {}
  #look: () => void = () => {}
  #fail: (error: Error) => void = () => {}

  constructor(patience: AbortSignal) {
    this.#patience = patience
    this.#ended = new Promise((resolve) => {
      this.#onEnded = resolve
    })
    patience.addEventListener('abort', () =>
      this.#fail(new Error('the broker does not answer a probe in time')),
    )
  }

  readonly handlers: ConnectionHandlers = {
    onOpened: (connection) => {
      this.#connection = connection
    },
    onPacket: (packet) => {
      this.onPacket(packet)
      this.#look()
    },
    onClosed: (reason) => {
      this.#connection = undefined
      this.#onEnded()
      this.#fail(new ConnectionEnded(reason))
    },
  }

  send(packet: Packet): void {
    this.#connection?.send(packet)
  }

  /** Leaves the broker; a session that outlives its connection stays there. */
  async end(): Promise<void> {
    if (this.#connection === undefined) return
    this.#connection.end('probe ended')
    await this.#ended
  }

  protected abstract onPacket(packet: Packet): void

  protected get receiveMaximum(): number {
    return this.#connection?.granted.receiveMaximum ?? 0
  }

  /** Resolves when `done` says so after a packet, or after `silenceMs` without one. */
  protected async waitUntil(done: () => boolean, silenceMs?: number): Promise<void> {
    if (this.#connection === undefined) throw new ConnectionEnded('the connection has ended already')
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve, reject) => {
      this.#patience.throwIfAborted()
      this.#fail = reject
      if (silenceMs !== undefined) timer = setTimeout(resolve, silenceMs)
      this.#look = () => {
        timer?.refresh()
        if (done()) resolve()
      }
      this.#look()
    }).finally(() => clearTimeout(timer))
  }
}

/** Publishes small messages at QoS 1, as many at once as the broker takes. */
export class ProbePublisher extends ProbeClient {
  readonly #topic: string
  #acknowledged = 0
  #sent = 0
  #target = 0

  constructor(topic: string, patience: AbortSignal) {
    super(patience)
    this.#topic = topic
  }

  /** Resolves when all are acknowledged. */
  async publish(count: number): Promise<void> {
    this.#target = this.#sent + count
    this.#fill()
    await this.waitUntil(() => this.#acknowledged >= this.#target)
  }

  protected onPacket(packet: Packet): void {
    if (packet.cmd !== 'puback') return
    this.#acknowledged += 1
    this.#fill()
  }

  #fill(): void {
    const room = Math.min(MOST_UNACKNOWLEDGED, this.receiveMaximum)
    while (this.#sent < this.#target && this.#sent - this.#acknowledged < room) {
      this.#sent += 1
      const [topic, payload, messageId] = [this.#topic, Buffer.from(String(this.#sent)), this.#sent]
      this.send({ cmd: 'publish', topic, payload, messageId, qos: 1, retain: false, dup: false })
    }
  }
}

/** Counts what comes, and acknowledges it from the moment it is told to. */
export class ProbeSubscriber extends ProbeClient {
  #count = 0
  #granted: number | undefined
  #acknowledging = false
  readonly #unacknowledged: number[] = []

  /** False: the broker refuses it, or grants no QoS at which it would keep messages. */
  async subscribe(topic: string): Promise<boolean> {
    this.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic, qos: 1 }] })
    await this.waitUntil(() => this.#granted !== undefined)
    return this.#granted === 1
  }

  /** How many have come, once there are `wanted` or nothing has come for `silenceMs`. */
  async receive(wanted: number, silenceMs: number): Promise<number> {
    await this.waitUntil(() => this.#count >= wanted, silenceMs)
    return this.#count
  }

  /** Acknowledges what has come and what will come. */
  acknowledge(): void {
    this.#acknowledging = true
    for (const messageId of this.#unacknowledged.splice(0)) this.send({ cmd: 'puback', messageId })
  }

  protected onPacket(packet: Packet): void {
    if (packet.cmd === 'publish') this.#onPublish(packet)
    else if (packet.cmd === 'suback') this.#granted = Number(packet.granted[0])
  }

  #onPublish({ qos, messageId }: IPublishPacket): void {
    this.#count += 1
    if (qos === 0) return
    if (this.#acknowledging) this.send({ cmd: 'puback', messageId: messageId! })
    else this.#unacknowledged.push(messageId!)
  }
}
