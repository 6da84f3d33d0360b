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

/** Pieces of a packet kept apart: putting a large one together anew at every small piece would take seconds. */
const MOST_PIECES = 64

/** Bytes in, whole packets out. A packet larger than the limit is refused by its header, before it is buffered. */
export class FrameReader {
  readonly #mostBytes: number
  #pieces: Buffer[] = []
  #bytes = 0
  /** With fewer bytes there is no whole packet. */
  #wanted = 0

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes
  }

  /** @throws FrameError when the stream cannot be read on. */
  read(chunk: Buffer): Buffer[] {
    this.#pieces.push(chunk)
    this.#bytes += chunk.length
    if (this.#bytes < this.#wanted && this.#pieces.length < MOST_PIECES) return []
    let buffer = this.#pieces.length === 1 ? chunk : Buffer.concat(this.#pieces)
    const frames: Buffer[] = []
    for (;;) {
      const length = frameLength(buffer)
      if (length !== undefined && length > this.#mostBytes) {
        throw new FrameError('too-large', `a packet of ${length} bytes; at most ${this.#mostBytes}`)
      }
      this.#wanted = length ?? 0
      if (length === undefined || buffer.length < length) break
      frames.push(buffer.subarray(0, length))
      buffer = buffer.subarray(length)
    }
    this.#pieces = buffer.length === 0 ? [] : [buffer]
    this.#bytes = buffer.length
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
