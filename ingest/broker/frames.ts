/** Cutting a byte stream into MQTT control packets, and reading the one kind that we hold (MQTT 3.1.1, section 2). */

export const PACKET = {
  connect: 1,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  pingreq: 12,
  disconnect: 14,
} as const

export class FrameError extends Error {
  readonly reason: 'too-large' | 'malformed'

  constructor(reason: 'too-large' | 'malformed', message: string) {
    super(message)
    this.reason = reason
  }
}

/** Bytes in, whole packets out. A packet larger than the limit is refused by its header, before it is buffered. */
export class FrameReader {
  readonly #mostBytes: number
  #rest: Buffer = Buffer.alloc(0)

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes
  }

  /** @throws FrameError when the stream cannot be read on. */
  read(chunk: Buffer): Buffer[] {
    let buffer = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const frames: Buffer[] = []
    for (;;) {
      const length = frameLength(buffer)
      if (length === undefined) break
      if (length > this.#mostBytes) {
        throw new FrameError('too-large', `a packet of ${length} bytes; at most ${this.#mostBytes}`)
      }
      if (buffer.length < length) break
      frames.push(buffer.subarray(0, length))
      buffer = buffer.subarray(length)
    }
    this.#rest = buffer
    return frames
  }
}

/**
 * Bytes of the first packet; undefined while its header is incomplete. [MQTT-1.5.5, 2.2.3]
 * @throws FrameError when the header cannot be one.
 */
export function frameLength(buffer: Buffer): number | undefined {
  let length = 0
  for (let at = 1; at <= 4; at++) {
    const byte = buffer[at]
    if (byte === undefined) return undefined
    length += (byte & 0x7f) * 128 ** (at - 1)
    if ((byte & 0x80) === 0) return 1 + at + length
  }
  throw new FrameError('malformed', 'a remaining length of more than four bytes')
}

export interface PublishFrame {
  topic: string
  payload: Buffer
  qos: 0 | 1 | 2
  retain: boolean
  dup: boolean
  messageId: number | undefined
}

export function typeOf(frame: Buffer): number {
  return frame[0]! >> 4
}

/** The QoS in the header of a PUBLISH. */
export function qosOf(frame: Buffer): number {
  return (frame[0]! >> 1) & 3
}

/** @throws FrameError when the lengths in it do not fit. */
export function readPublish(frame: Buffer): PublishFrame {
  const flags = frame[0]! & 0x0f
  const qos = qosOf(frame)
  let at = 1
  while ((frame[at]! & 0x80) !== 0) at += 1
  at += 1
  const topicEnd = at + 2 + (at + 2 <= frame.length ? frame.readUInt16BE(at) : Number.POSITIVE_INFINITY)
  const bodyStart = topicEnd + (qos > 0 ? 2 : 0)
  if (bodyStart > frame.length || qos === 3)
    throw new FrameError('malformed', 'a PUBLISH that cannot be read')
  return {
    topic: frame.toString('utf8', at + 2, topicEnd),
    payload: frame.subarray(bodyStart),
    qos: qos as 0 | 1 | 2,
    retain: (flags & 1) !== 0,
    dup: (flags & 8) !== 0,
    messageId: qos > 0 ? frame.readUInt16BE(topicEnd) : undefined,
  }
}
