import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { generate } from 'mqtt-packet'
import type { Intake, Message } from '../message.ts'
import { isAccepted } from '../message.ts'
import type { RefusalReason } from '../metrics.ts'
import { FrameError, FrameReader, PACKET, type PublishFrame, readPublish, typeOf } from './frames.ts'

/** Where refused messages are published, so that they are acknowledged and reach nobody: no filter may name it. */
export const NOWHERE = '$refused'

export interface GateOptions {
  intake: Intake
  mostPacketBytes: number
  mayPublish(clientId: string, topic: string): boolean
  toMessage(frame: PublishFrame, username: string | undefined, settle: Message['settle']): Message
  /** A message has committed whose connection is gone: it is published without it. */
  onOrphan(frame: PublishFrame): void
  onRefused(reason: RefusalReason, detail: string): void
  onDropped(): void
}

/** One packet on its way through, in order of arrival. */
interface Passing {
  /** What comes out: the packet as it came, or its stand-in to nowhere. */
  bytes: Buffer
  /** Bytes as it came. */
  size: number
  publish: PublishFrame | undefined
  state: 'new' | 'held' | 'free' | 'dropped'
}

/** One connection may have this much waiting here; then its socket is read no further. */
const MOST_WAITING = 2_000
const MOST_WAITING_BYTES = 2 * 1_048_576

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
  #passing: Passing[] = []
  #waitingBytes = 0
  /** First packet that is still 'new'; those before it are held, free or dropped. */
  #cursor = 0
  #clientId: string | undefined
  #username: string | undefined
  #blocked = false
  #ended = false
  #stopped = false
  #keepAlive: NodeJS.Timeout | undefined

  constructor(socket: Socket, options: GateOptions) {
    super({ allowHalfOpen: true })
    this.#socket = socket
    this.#options = options
    this.#reader = new FrameReader(options.mostPacketBytes)
    socket.on('data', (chunk: Buffer) => this.#onData(chunk))
    socket.on('end', () => this.#onEnd())
    socket.on('error', () => this.#onEnd())
    socket.on('close', () => this.#onEnd())
  }

  get idle(): boolean {
    return this.#passing.length === 0
  }

  /** The user name the client was let in with. */
  get username(): string | undefined {
    return this.#username
  }

  /** The client has been let in: what it publishes from here on is taken. */
  admit(clientId: string, username: string | undefined): void {
    this.#clientId = clientId
    this.#username = username
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
    try {
      for (const frame of this.#reader.read(chunk)) this.#accept(frame)
    } catch (error) {
      if (!(error instanceof FrameError)) throw error
      this.#refuse(error.reason, error.message)
      return
    }
    this.#offer()
    if (this.#passing.length > MOST_WAITING || this.#waitingBytes > MOST_WAITING_BYTES) this.#socket.pause()
  }

  #accept(bytes: Buffer): void {
    if (this.destroyed) return
    const type = typeOf(bytes)
    if (UNORDERED.has(type)) {
      this.push(bytes)
      return
    }
    const publish = type === PACKET.publish ? readPublish(bytes) : undefined
    this.#passing.push({ bytes, size: bytes.length, publish, state: publish ? 'new' : 'free' })
    this.#waitingBytes += bytes.length
  }

  /** Hands new messages in, in order, as far as there is room. */
  #offer(): void {
    if (this.destroyed || this.#blocked) return
    for (; this.#cursor < this.#passing.length; this.#cursor += 1) {
      const packet = this.#passing[this.#cursor]!
      if (packet.state !== 'new') continue
      if (this.#clientId === undefined) return
      if (!this.#take(packet, packet.publish!, this.#clientId)) return
    }
    this.#release()
  }

  /** False: the message was not taken, and those behind it have to wait. */
  #take(packet: Passing, publish: PublishFrame, clientId: string): boolean {
    const { topic } = publish
    if (topic === '' || /[+#]/.test(topic)) {
      this.#refuse('bad-topic', 'a PUBLISH to an empty topic or to a filter') // [MQTT-3.3.2-2]
      return false
    }
    if (!this.#options.mayPublish(clientId, topic)) {
      this.#refuse('not-allowed', `no right to publish to ${topic.slice(0, 100)}`)
      return false
    }
    if (publish.retain && publish.payload.length === 0) {
      // Not a message but an order to the broker: forget what is retained there [MQTT-3.3.1-10].
      packet.state = 'free'
      return true
    }
    const message = this.#options.toMessage(publish, this.#username, (outcome) => {
      this.#settle(packet, publish, isAccepted(outcome))
    })
    packet.state = 'held'
    if (this.#options.intake.offer(message)) return true
    if (publish.qos === 0) {
      packet.state = 'dropped'
      this.#options.onDropped()
      return true
    }
    packet.state = 'new'
    this.#waitForRoom()
    return false
  }

  #waitForRoom(): void {
    this.#blocked = true
    if (this.#ended) this.#forgetNew()
    this.#options.intake.whenRoom(() => {
      this.#blocked = false
      this.#offer()
    })
  }

  #settle(packet: Passing, publish: PublishFrame, accepted: boolean): void {
    if (this.destroyed) {
      if (accepted) this.#options.onOrphan(publish)
      return
    }
    packet.state = 'free'
    if (!accepted) packet.bytes = toNowhere(publish)
    if (this.#passing[0] === packet) this.#release()
  }

  /** Lets out what nothing holds back any more. */
  #release(): void {
    if (this.destroyed) return
    let count = 0
    const out: Buffer[] = []
    for (const packet of this.#passing) {
      if (packet.state !== 'free' && packet.state !== 'dropped') break
      if (packet.state === 'free') out.push(packet.bytes)
      this.#waitingBytes -= packet.size
      count += 1
    }
    this.#passing.splice(0, count)
    this.#cursor = Math.max(0, this.#cursor - count)
    if (out.length > 0) this.push(out.length === 1 ? out[0] : Buffer.concat(out))
    this.#readOn()
    if (this.#ended && this.#passing.length === 0) this.push(null)
  }

  #readOn(): void {
    const few = this.#passing.length <= MOST_WAITING / 2 && this.#waitingBytes <= MOST_WAITING_BYTES / 2
    if (few && !this.#stopped && this.#socket.isPaused()) this.#socket.resume()
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
    for (const packet of this.#passing) if (packet.state === 'new') packet.state = 'dropped'
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
