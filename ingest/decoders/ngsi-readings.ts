import { keyOf, type VendorReading } from '../vendor.ts'
import type { Reading } from './format.ts'
import { MOST_VALUES_OF_MESSAGE } from './telemetry.ts'

/**
 * What a message says in all, bounded. Two values of one quantity of one device at one time, as from `temp` and
 * `temperature`, are a fault: nobody can tell which is true, and the second would pass for a repetition of the first.
 */
export function readingsOf(given: readonly VendorReading[], faults: Reading['faults']): Reading {
  const count = given.length + faults.length
  if (count > MOST_VALUES_OF_MESSAGE) {
    const detail = `${count} values; at most ${MOST_VALUES_OF_MESSAGE}`
    return { drafts: [], faults: [{ reason: 'too-large', field: null, value: count, detail }] }
  }
  const first = new Map<string, VendorReading>()
  const drafts: VendorReading[] = []
  for (const draft of given) {
    const { vendor, metric, at, value, field } = draft
    const key = `${keyOf(vendor)} ${metric} ${at}`
    const before = first.get(key)
    if (!before) first.set(key, draft)
    if (!before || before.value === value) drafts.push(draft)
    else {
      const detail = `${metric} of the same time is ${before.value} in ${before.field}`
      faults.push({ reason: 'bad-body', field, value, detail, vendor })
    }
  }
  return { drafts, faults }
}
