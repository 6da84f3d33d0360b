/**
 * Cutting a byte stream into whole Postgres protocol messages.
 * The start of a connection has no type byte; everything after has one (protocol 3.0, "Message Formats").
 */

export type StartupRequest =
  | { kind: 'startup'; parameters: Record<string, string> }
  | { kind: 'encryption' }
  | { kind: 'cancel' }
  | { kind: 'unknown'; code: number }

const PROTOCOL_3 = 196608
const CANCEL_REQUEST = 80877102
const SSL_REQUEST = 80877103
const GSS_REQUEST = 80877104

/** Frontend messages that end a turn: the database answers them with something worth waiting for. */
const TURN_END = new Set(['Q', 'S', 'H', 'F', 'c', 'f'].map((letter) => letter.charCodeAt(0)))
const TERMINATE = 'X'.charCodeAt(0)
const READY_FOR_QUERY = 'Z'.charCodeAt(0)

/** One message may not be larger than this: a length field of rubbish must not make us wait for gigabytes. */
export const MAX_MESSAGE_BYTES = 256 * 1024 * 1024

/** Takes the first, untyped message of a connection; undefined while it is incomplete. */
export function takeStartup(buffer: Buffer): { request: StartupRequest; rest: Buffer } | undefined {
  if (buffer.length < 8) return undefined
  const length = buffer.readInt32BE(0)
  if (length < 8 || length > 10_000) return { request: { kind: 'unknown', code: length }, rest: buffer }
  if (buffer.length < length) return undefined
  const code = buffer.readInt32BE(4)
  const rest = buffer.subarray(length)
  if (code === SSL_REQUEST || code === GSS_REQUEST) return { request: { kind: 'encryption' }, rest }
  if (code === CANCEL_REQUEST) return { request: { kind: 'cancel' }, rest }
  if (code !== PROTOCOL_3) return { request: { kind: 'unknown', code }, rest }
  const words = buffer.subarray(8, length).toString('utf8').split('\0')
  const parameters: Record<string, string> = {}
  for (let i = 0; i + 1 < words.length && words[i]; i += 2) parameters[words[i]!] = words[i + 1]!
  return { request: { kind: 'startup', parameters }, rest }
}

export interface Turn {
  /** Whole messages up to and including the one that ends the turn. */
  bytes: Buffer
  terminate: boolean
}

/**
 * Takes one turn (all messages up to a Query, Sync or Flush) from the buffer; undefined while it is incomplete.
 * @throws RangeError when a length field cannot be true: the connection is then beyond repair.
 */
export function takeTurn(buffer: Buffer): { turn: Turn; rest: Buffer } | undefined {
  let offset = 0
  while (buffer.length - offset >= 5) {
    const type = buffer[offset]!
    const length = buffer.readInt32BE(offset + 1)
    if (length < 4 || length > MAX_MESSAGE_BYTES) throw new RangeError(`message length ${length}`)
    if (type === TERMINATE) {
      return { turn: { bytes: buffer.subarray(0, offset), terminate: true }, rest: Buffer.alloc(0) }
    }
    const end = offset + 1 + length
    if (buffer.length < end) return undefined
    if (TURN_END.has(type)) {
      return { turn: { bytes: buffer.subarray(0, end), terminate: false }, rest: buffer.subarray(end) }
    }
    offset = end
  }
  return undefined
}

/**
 * The backend reads what it is handed through a buffer of this size (PQ_RECV_BUFFER_SIZE). Where a message ends
 * exactly at the end of a full buffer, the WebAssembly build takes the buffer's emptiness for the end of the
 * input and leaves the rest unread.
 */
const RECEIVE_BUFFER_BYTES = 8192

/** Cuts whole messages after each one that ends exactly with the backend's buffer, to be handed over one by one. */
export function cutAtBufferEnds(messages: Uint8Array): Uint8Array[] {
  const view = new DataView(messages.buffer, messages.byteOffset, messages.byteLength)
  const parts: Uint8Array[] = []
  let start = 0
  for (let end = 0; end + 5 <= messages.length; ) {
    end += 1 + view.getInt32(end + 1)
    if (end < messages.length && (end - start) % RECEIVE_BUFFER_BYTES === 0) {
      parts.push(messages.subarray(start, end))
      start = end
    }
  }
  parts.push(messages.subarray(start))
  return parts
}

/** The last ReadyForQuery status in a backend answer: I idle, T in a transaction, E in a failed one; undefined if none. */
export function readyStatus(answer: Uint8Array): 'I' | 'T' | 'E' | undefined {
  const view = new DataView(answer.buffer, answer.byteOffset, answer.byteLength)
  let status: 'I' | 'T' | 'E' | undefined
  for (let offset = 0; offset + 5 <= answer.length; ) {
    if (answer[offset] === READY_FOR_QUERY)
      status = String.fromCharCode(answer[offset + 5]!) as 'I' | 'T' | 'E'
    offset += 1 + view.getInt32(offset + 1)
  }
  return status
}
