/** Reading the wire format of protocol buffers (protobuf.dev, "Encoding"), as much of it as Sparkplug B needs. */

/** The bytes are no message of this format. */
export class WireError extends Error {}

export const WIRE = { varint: 0, fixed64: 1, bytes: 2, startGroup: 3, endGroup: 4, fixed32: 5 } as const

export interface Field {
  /** Number and wire type in one: number x 8 + wire type. A known number of another type is another, unknown field. */
  tag: number
  number: number
  wire: number
}

/** A number as long as it is exact, beyond that all 64 bits. */
export type Whole = number | bigint

/** Reads one message, or a message within another, from front to end. Every method throws a WireError where the bytes end too early. */
export class WireReader {
  readonly #bytes: Buffer
  readonly #end: number
  #at: number

  constructor(bytes: Buffer, start = 0, end = bytes.length) {
    this.#bytes = bytes
    this.#at = start
    this.#end = end
  }

  /** The next field; undefined at the end of the message. */
  next(): Field | undefined {
    if (this.#at === this.#end) return undefined
    const tag = this.varint()
    if (typeof tag === 'bigint' || tag > 0xffffffff || tag < 8)
      throw new WireError(`no field has the tag ${tag}`)
    return { tag, number: tag >>> 3, wire: tag & 7 }
  }

  /** An unsigned integer of up to 64 bits; bits beyond them are dropped, as every reader of this format does. */
  varint(): Whole {
    let value = 0
    // Seven bytes hold 49 bits, which a number holds exactly.
    for (let place = 0; place < 7; place++) {
      const byte = this.#byte()
      value += (byte & 0x7f) * 2 ** (7 * place)
      if (byte < 0x80) return value
    }
    return this.#longVarint(value)
  }

  uint32(): number {
    const value = this.varint()
    return typeof value === 'number' ? value % 2 ** 32 : Number(BigInt.asUintN(32, value))
  }

  bool(): boolean {
    return Number(this.varint()) !== 0
  }

  float(): number {
    return this.#bytes.readFloatLE(this.#take(4))
  }

  double(): number {
    return this.#bytes.readDoubleLE(this.#take(8))
  }

  bytes(): Buffer {
    const length = this.#length()
    const start = this.#take(length)
    return this.#bytes.subarray(start, start + length)
  }

  /** A message within this one, to be read by itself. */
  message(): WireReader {
    const length = this.#length()
    const start = this.#take(length)
    return new WireReader(this.#bytes, start, start + length)
  }

  /** Passes over the value of a field that nobody asks for. */
  skip({ number, wire }: Field): void {
    if (wire === WIRE.varint) this.varint()
    else if (wire === WIRE.fixed64) this.#take(8)
    else if (wire === WIRE.bytes) this.#take(this.#length())
    else if (wire === WIRE.fixed32) this.#take(4)
    else if (wire === WIRE.startGroup) this.#skipGroup(number)
    else throw new WireError(`field ${number} has no value that can be passed over (wire type ${wire})`)
  }

  /** Groups are obsolete and may be nested: the open ones are a list here, so that no depth of them is too deep. */
  #skipGroup(outermost: number): void {
    const open = [outermost]
    while (open.length > 0) {
      const field = this.next()
      if (!field) throw new WireError(`group ${open.at(-1)} does not end`)
      if (field.wire === WIRE.startGroup) open.push(field.number)
      else if (field.wire !== WIRE.endGroup) this.skip(field)
      else if (open.pop() !== field.number)
        throw new WireError(`group ${field.number} ends and has not begun`)
    }
  }

  #longVarint(low: number): Whole {
    let value = BigInt(low)
    for (let place = 7; place < 10; place++) {
      const byte = this.#byte()
      value += BigInt(byte & 0x7f) << BigInt(7 * place)
      if (byte >= 0x80) continue
      const bits = BigInt.asUintN(64, value)
      return bits <= Number.MAX_SAFE_INTEGER ? Number(bits) : bits
    }
    throw new WireError('an integer of more than ten bytes')
  }

  #length(): number {
    const length = this.varint()
    if (typeof length === 'number' && length <= this.#end - this.#at) return length
    throw new WireError(`a value of ${length} bytes where ${this.#end - this.#at} are left`)
  }

  #byte(): number {
    return this.#bytes[this.#take(1)]!
  }

  #take(count: number): number {
    const start = this.#at
    if (count > this.#end - start) throw new WireError('the message is cut off')
    this.#at = start + count
    return start
  }
}
