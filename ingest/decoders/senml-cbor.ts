import { decode } from 'cborg'
import { unreadable } from './findings.ts'
import type { Format } from './format.ts'
import { readPack } from './senml.ts'

/** [RFC 8428, 6] The labels of JSON by those of CBOR. */
const LABELS = new Map<unknown, string>([
  ...(['bver', 'bn', 'bt', 'bu', 'bv', 'bs'] as const).map((label, at) => [-1 - at, label] as const),
  ...(['n', 'u', 'v', 'vs', 'vb', 's', 't', 'ut', 'vd'] as const).map((label, at) => [at, label] as const),
])

/** SenML in CBOR (RFC 8428, section 6): the same records with numbers for labels. */
export const senmlCbor: Format = {
  read(message, { route }) {
    let pack: unknown
    try {
      pack = decode(message.payload, { useMaps: true, rejectDuplicateMapKeys: true, tags: { 4: decimal } })
    } catch (error) {
      const detail = `not CBOR: ${(error as Error).message.slice(0, 200)}`
      return unreadable({ reason: 'bad-body', field: null, value: '', detail })
    }
    return readPack(Array.isArray(pack) ? pack.map(recordOf) : null, 'senml-cbor', message, route)
  },
}

/** Numbers may come as decimal fractions: exponent and mantissa under tag 4. */
function decimal(read: () => unknown): number {
  const parts = read()
  const [exponent, mantissa] = Array.isArray(parts) ? parts : []
  return typeof exponent === 'number' && isNumber(mantissa) ? Number(`${mantissa}e${exponent}`) : Number.NaN
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}

/** One record with the labels of JSON. Labels of numbers that RFC 8428 does not have are left out, as it asks. */
function recordOf(record: unknown): unknown {
  if (!(record instanceof Map)) return null
  const fields: [string, unknown][] = []
  for (const [key, value] of record) {
    const label = typeof key === 'string' ? key : LABELS.get(key)
    if (label !== undefined) fields.push([label, plainOf(value)])
  }
  return Object.fromEntries(fields)
}

/** What stands in a dead letter must be JSON: a large integer is a number, bytes are counted. */
function plainOf(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Uint8Array) return `${value.length} bytes`
  return value instanceof Map || Array.isArray(value) ? null : value
}
