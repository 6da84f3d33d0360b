import type { Value } from './payload.ts'
import type { Whole } from './wire.ts'

/** Data types of sparkplug_b.proto that are numbers: all from Int8 to Boolean. */
export const DATATYPE = {
  Int8: 1,
  Int16: 2,
  Int32: 3,
  Int64: 4,
  UInt8: 5,
  UInt16: 6,
  UInt32: 7,
  UInt64: 8,
  Float: 9,
  Double: 10,
  Boolean: 11,
} as const

const NAMES = new Map<number, string>(Object.entries(DATATYPE).map(([name, code]) => [code, name]))
const WIDTHS = new Map<number, { bits: number; signed: boolean }>([
  [DATATYPE.Int8, { bits: 8, signed: true }],
  [DATATYPE.Int16, { bits: 16, signed: true }],
  [DATATYPE.Int32, { bits: 32, signed: true }],
  [DATATYPE.Int64, { bits: 64, signed: true }],
  [DATATYPE.UInt8, { bits: 8, signed: false }],
  [DATATYPE.UInt16, { bits: 16, signed: false }],
  [DATATYPE.UInt32, { bits: 32, signed: false }],
  [DATATYPE.UInt64, { bits: 64, signed: false }],
])

/** Whether values of this type are numbers; a type that is not named may be one. */
export function isNumeric(datatype: number | undefined): boolean {
  return datatype === undefined || NAMES.has(datatype)
}

/** A number or a truth, or a sentence about why it is neither. */
export type Converted = { value: number | boolean } | { wrong: string }

/**
 * A value as its data type says it is to be read.
 * @param datatype of the message or else of the birth; undefined: neither names one, and the value speaks for itself
 * only where its bits have one meaning.
 */
export function convert(value: Value, datatype: number | undefined): Converted {
  const width = WIDTHS.get(datatype ?? 0)
  if (value.in === 'int_value' || value.in === 'long_value') {
    if (width) return whole(value.is, value.in === 'int_value' ? 32 : 64, width, NAMES.get(datatype!)!)
    return {
      wrong:
        datatype === undefined ? 'neither it nor its birth names a data type' : misplaced(value, datatype),
    }
  }
  if (value.in === 'float_value' || value.in === 'double_value') {
    const fits = datatype === undefined || datatype === DATATYPE.Float || datatype === DATATYPE.Double
    if (!fits) return { wrong: misplaced(value, datatype) }
    return { value: value.in === 'float_value' ? shortest(value.is) : value.is }
  }
  if (value.in === 'boolean_value' && (datatype ?? DATATYPE.Boolean) === DATATYPE.Boolean)
    return { value: value.is }
  return { wrong: misplaced(value, datatype) }
}

function misplaced(value: Value, datatype: number | undefined): string {
  const type = datatype === undefined ? 'no data type' : (NAMES.get(datatype) ?? `data type ${datatype}`)
  return `a number is wanted; it comes as ${value.in} with ${type}`
}

/**
 * Signed integers come as unsigned ones of the field's width (two's complement), whatever their own width is; some
 * senders cut them to their own width first. Both are read; what fits neither is no value of the type.
 */
function whole(
  raw: Whole,
  fieldBits: 32 | 64,
  { bits, signed }: { bits: number; signed: boolean },
  type: string,
): Converted {
  const unsigned = BigInt(raw)
  // An Int64 in a field of 32 bits: nobody can tell -1 from 2^32 - 1.
  if (signed && bits > fieldBits && raw >= 2 ** (fieldBits - 1))
    return { wrong: `${raw} in int_value is no ${type}` }
  const extended = signed ? BigInt.asIntN(fieldBits, unsigned) : unsigned
  const cut = BigInt.asUintN(bits, unsigned) === unsigned
  const meant = signed && cut ? BigInt.asIntN(bits, unsigned) : extended
  const fits = (signed ? BigInt.asIntN(bits, meant) : BigInt.asUintN(bits, meant)) === meant
  if (!fits) return { wrong: `${raw} is no ${type}` }
  const value = Number(meant)
  // A number of ours is exact up to 2^53 only.
  return Number.isSafeInteger(value) ? { value } : { wrong: `${meant} has more digits than are kept exactly` }
}

/** 27.3 as a Float is 27.299999237060547: the shortest decimal that is the same Float is what the device measured. */
function shortest(float: number): number {
  for (let digits = 6; digits <= 9; digits++) {
    const decimal = Number(float.toPrecision(digits))
    if (Math.fround(decimal) === float) return decimal
  }
  return float
}
