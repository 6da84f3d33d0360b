import type { VendorReading } from '../vendor.ts'
import { isObject, readJson } from './body.ts'
import { elementsOf } from './decoder.ts'
import type { Format, Reading } from './format.ts'
import { readEntity } from './ngsi-entity.ts'
import { readingsOf } from './ngsi-readings.ts'

/**
 * Measures for a FIWARE IoT Agent for JSON, `/json/{key}/{device}/attrs`: an object of values, or an array of them;
 * `TimeInstant` is their time. The key is a secret of the sender's group: the device is named without it.
 */
export const iotaJson: Format = {
  read(message, { route }) {
    const read = readJson(message)
    if ('reason' in read) return { drafts: [], faults: [read] }
    const elements = elementsOf(read.body)
    if (!Array.isArray(elements)) return { drafts: [], faults: [elements] }
    const vendor = { format: route.format, name: message.topic.split('/').at(-2) ?? '' }
    const sent = { at: message.receivedAt, repeats: false }
    const drafts: VendorReading[] = []
    const faults: Reading['faults'] = []
    for (const { path, element } of elements) {
      if (!isObject(element)) {
        const field = path.replace(/\.$/, '') || null
        const detail = 'an object of values by name'
        faults.push({ reason: 'bad-body', field, value: element, detail, vendor })
        continue
      }
      const found = readEntity({ message, vendor, attributes: element, path, metrics: route.metrics, sent })
      for (const draft of found.drafts) drafts.push(draft)
      for (const fault of found.faults) faults.push(fault)
    }
    return readingsOf(drafts, faults)
  },
}
