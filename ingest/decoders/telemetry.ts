import { DeviceTime } from '../../shared/contract/primitives.ts'
import { METRIC_CODE } from '../../shared/contract/reading.ts'
import type { ReadingDraft } from '../records.ts'
import { type Decoder, elementsOf, type Fault } from './decoder.ts'

/** One message may bring this many values; what is more would hold the database too long in one transaction. */
export const MOST_VALUES_OF_MESSAGE = 5_000
const MOST_VALUES_OF_SET = 64

/**
 * The three forms of a telemetry body (shared/contract/reading.ts). It is read value by value: a wrong value is
 * one fault, and its neighbours are kept.
 */
export const decodeTelemetry: Decoder = (body, address, message) => {
  const elements = elementsOf(body)
  if (!Array.isArray(elements)) return { drafts: [], faults: [elements] }
  const drafts: ReadingDraft[] = []
  const faults: Fault[] = []
  for (const { path, element } of elements) {
    const set = readSet(element, path, Array.isArray(body), message.receivedAt)
    if ('reason' in set) {
      faults.push(set)
      continue
    }
    const { at, arrival } = set
    for (const metric of Object.keys(set.values)) {
      const value = set.values[metric]
      const number = typeof value === 'boolean' ? Number(value) : value
      if (!METRIC_CODE.test(metric)) {
        faults.push({
          reason: 'unknown-metric',
          field: `${set.place}${metric}`,
          value,
          detail: 'not a metric code',
        })
      } else if (typeof number !== 'number' || !Number.isFinite(number)) {
        const detail = 'a value is a number, true or false'
        faults.push({ reason: 'bad-body', field: `${set.place}${metric}`, value, detail })
      } else {
        drafts.push({
          kind: 'reading',
          message,
          school: address.school,
          device: address.device!,
          path,
          metric,
          at,
          arrival,
          value: number,
          marks: undefined,
          field: undefined,
        })
      }
    }
  }
  const found = drafts.length + faults.length
  if (found > MOST_VALUES_OF_MESSAGE) {
    const detail = `${found} values; at most ${MOST_VALUES_OF_MESSAGE}`
    return { drafts: [], faults: [{ reason: 'too-large', field: null, value: found, detail }] }
  }
  return { drafts, faults }
}

interface ValueSet {
  at: number
  arrival: boolean
  values: Record<string, unknown>
  /** Where the values stand in the body. */
  place: string
}

function readSet(element: unknown, path: string, inArray: boolean, receivedAt: number): ValueSet | Fault {
  const wrong = (field: string, value: unknown, detail: string): Fault => {
    const whole = `${path}${field}`.replace(/\.$/, '')
    return { reason: 'bad-body', field: whole === '' ? null : whole, value, detail }
  }
  if (!isObject(element)) return wrong('', element, 'an object of values by metric, or {"ts", "values"}')
  const timed = inArray || 'values' in element || 'ts' in element
  const values = timed ? element['values'] : element
  if (!isObject(values)) return wrong('values', values ?? null, 'values are an object of numbers by metric')
  const count = Object.keys(values).length
  if (count === 0 || count > MOST_VALUES_OF_SET) {
    return wrong(timed ? 'values' : '', values, `${count} values; 1 to ${MOST_VALUES_OF_SET} go together`)
  }
  if (!timed) return { at: receivedAt, arrival: true, values, place: '' }
  const foreign = Object.keys(element).find((key) => key !== 'ts' && key !== 'values')
  if (foreign !== undefined) return wrong(foreign, element[foreign], 'beside ts and values there is nothing')
  const ts = DeviceTime.safeParse(element['ts'])
  if (!ts.success) {
    return wrong('ts', element['ts'] ?? null, 'milliseconds since 1970, or ISO 8601 with a zone')
  }
  return { at: ts.data, arrival: false, values, place: `${path}values.` }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
