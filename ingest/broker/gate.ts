import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { generate } from 'mqtt-packet'
import type { Intake, Message } from '../message.ts'
import { isAccepted } from '../message.ts'
import type { RefusalReason } from '../metrics.ts'
import type { BacklogRoom } from './backlog.ts'
import { FrameError, FrameReader, PACKET, type PublishFrame, typeOf } from './frames.ts'
import { Line, type Passing } from './line.ts'

/** Where refused messages are published, so that they are acknowledged and reach nobody: no filter may name it. */
export const NOWHERE = '$refused'

export interface GateOptions {
  intake: Intake
  backlogRoom: BacklogRoom
  mostPacketBytes: number
  mayPublish(clientId: string, topic: string): boolean
  toMessage(frame: PublishFrame, username: string | undefined, settle: Message['settle']): Message
  /** A message has committed whose connection is gone: it is published without it. */
  onOrphan(frame: PublishFrame): void
  onRefused(reason: RefusalReason, detail: string): void
  onDropped(): void
}

/** Messages handed in when it is this connection's turn, before the next one has its turn. */
const MOST_OF_TURN = 100

/** Packets about other packets: nothing waits behind a held PUBLISH that does not have to. */
const UNORDERED: ReadonlySet<number> = new Set([
  PACKET.connect,
  PACKET.puback,
  PACKET.pubrec,
  PACKET.pubrel,
  PACKET.pubcomp,
  PACKET.pingreq,
])

/**
 * Stands between a socket and the broker. A PUBLISH is handed on, and thereby acknowledged, only after its
 * transaction has committed; everything else keeps its place behind it, except that pings and handshakes pass, so
 * that a connection stays alive however long the database is away. The broker acknowledges in the order in which
 * packets come out here: PUBACK order is PUBLISH order [MQTT-4.6.0-2].
 */
export class Gate extends Duplex {
  readonly #socket: Socket
  readonly #options: GateOptions
  readonly #reader: FrameReader
  readonly #line: Line
  /** Who was let in; undefined before that. */
  clientId: string | undefined
  /** The user name the client was let in with. */
  username: string | undefined
  /** Topic of the last will that is due when the connection breaks; undefined: none is. */
  willTopic: string | undefined
  #blocked = false
  #ended = false
  #stopped = false
  #keepAlive: NodeJS.Timeout | undefined

  constructor(socket: Socket, options: GateOptions) {
    super({ allowHalfOpen: true })
    this.#socket = socket
    this.#options = options
    this.#reader = new FrameReader(options.mostPacketBytes)
    this.#line = new Line(options.backlogRoom)
    socket.on('data', (chunk: Buffer) => this.#onData(chunk))
    socket.on('end', () => this.#onEnd())
    socket.on('error', () => this.#onEnd())
    socket.on('close', () => this.#onEnd())
  }

  /** The client has been let in: what it publishes from here on is taken. */
  admit(clientId: string, username: string | undefined): void {
    this.clientId = clientId
    this.username = username
    this.#offer()
  }

  /** Ends the connection after one and a half keep-alive times of silence [MQTT-3.1.2-24]. */
  expectEvery(seconds: number): void {
    if (seconds === 0) return
    this.#keepAlive = setTimeout(() => {
      // While we do not read, the client's pings wait in the socket: that is our silence, not its.
      if (this.#socket.isPaused()) this.#keepAlive?.refresh()
      else this.#refuse('silent', `no packet for ${seconds * 1.5} s`)
    }, seconds * 1_500)
  }

  /** Takes nothing more; what is held is still settled and acknowledged. */
  stopTaking(): void {
    this.#stopped = true
    this.#socket.pause()
    this.#forgetNew()
    this.#release()
  }

  override _read(): void {
    this.#readOn()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (this.#socket.writable) this.#socket.write(chunk, () => done())
    else done()
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    const bytes = Buffer.concat(chunks.map(({ chunk }) => chunk))
    if (this.#socket.writable) this.#socket.write(bytes, () => done())
    else done()
  }

  override _final(done: () => void): void {
    this.#socket.end(() => done())
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#keepAlive)
    this.#forgetNew()
    this.#socket.destroy()
    done(error)
  }

  #onData(chunk: Buffer): void {
    this.#keepAlive?.refresh()
    this.#orRefuse(() => {
      for (const frame of this.#reader.read(chunk)) this.#accept(frame)
    })
    this.#offer()
    if (this.#line.tooLong) this.#socket.pause()
  }

  #accept(bytes: Buffer): void {
    if (this.destroyed) return
    if (UNORDERED.has(typeOf(bytes))) this.push(bytes)
    else this.#line.add(bytes, !this.#blocked)
  }

  /** Hands new messages in, in order, as far as there is room and no more than `most`. */
  #offer(most = Number.POSITIVE_INFINITY): void {
    this.#orRefuse(() => {
      for (let taken = 0; !this.destroyed && !this.#blocked; taken++) {
        const packet = this.#line.firstNew()
        if (!packet || this.clientId === undefined) break
        if (taken === most) this.#waitForRoom()
        else this.#take(packet, packet.publish!, this.clientId)
      }
    })
    this.#release()
  }

  /** A stream that cannot be read on is the end of its connection. */
  #orRefuse(read: () => void): void {
    try {
      read()
    } catch (error) {
      if (!(error instanceof FrameError)) throw error
      this.#refuse(error.reason, error.message)
    }
  }

  /** Takes a message, or sees to it that it and those behind it wait. */
  #take(packet: Passing, publish: PublishFrame, clientId: string): void {
    const { topic } = publish
    if (topic === '' || /[+#]/.test(topic)) {
      this.#refuse('bad-topic', 'a PUBLISH to an empty topic or to a filter') // [MQTT-3.3.2-2]
      return
    }
    if (!this.#options.mayPublish(clientId, topic)) {
      this.#refuse('not-allowed', `no right to publish to ${topic.slice(0, 100)}`)
      return
    }
    if (publish.retain && publish.payload.length === 0) {
      // Not a message but an order to the broker: forget what is retained there [MQTT-3.3.1-10].
      packet.state = 'free'
      return
    }
    const message = this.#options.toMessage(publish, this.username, (outcome) => {
      this.#settle(packet, publish, isAccepted(outcome))
    })
    packet.state = 'held'
    if (this.#options.intake.offer(message)) return
    if (publish.qos === 0) {
      packet.state = 'dropped'
      this.#options.onDropped()
    } else {
      packet.state = 'new'
      this.#waitForRoom()
    }
  }

  #waitForRoom(): void {
    this.#blocked = true
    if (this.#ended) this.#forgetNew()
    this.#options.intake.whenRoom(() => {
      this.#blocked = false
      this.#offer(MOST_OF_TURN)
    })
  }

  #settle(packet: Passing, publish: PublishFrame, accepted: boolean): void {
    if (this.destroyed) {
      if (accepted) this.#options.onOrphan(publish)
      return
    }
    packet.state = 'free'
    if (!accepted) packet.bytes = toNowhere(publish)
    if (this.#line.isFirst(packet)) this.#release()
  }

  /** Lets out what nothing holds back any more, and lets in as much from the backlog. */
  #release(): void {
    if (this.destroyed) return
    const out = this.#line.release()
    if (out && out.length > 0) this.push(out.length === 1 ? out[0] : Buffer.concat(out))
    if (out) this.#offer()
    this.#readOn()
    if (this.#ended && this.#line.empty) this.push(null)
  }

  #readOn(): void {
    if (this.#line.short && !this.#stopped && this.#socket.isPaused()) this.#socket.resume()
  }

  /** The client has gone, in order or not. What is held is still carried to its end; what was never taken is not. */
  #onEnd(): void {
    if (this.#ended) return
    this.#ended = true
    clearTimeout(this.#keepAlive)
    if (this.#blocked) this.#forgetNew()
    this.#release()
  }

  #forgetNew(): void {
    for (let lost = this.#line.forgetNew(); lost > 0; lost--) this.#options.onDropped()
  }

  #refuse(reason: RefusalReason, detail: string): void {
    this.#options.onRefused(reason, detail)
    this.destroy()
  }
}

function toNowhere({ qos, messageId }: PublishFrame): Buffer {
  const id = messageId === undefined ? {} : { messageId }
  return generate({ cmd: 'publish', topic: NOWHERE, payload: '', qos, retain: false, dup: false, ...id })
}
