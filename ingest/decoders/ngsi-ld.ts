import { DeviceTime } from '../../shared/contract/primitives.ts'
import type { VendorReading } from '../vendor.ts'
import { isObject, readJson } from './body.ts'
import { type Fault, MOST_RECORDS_OF_ARRAY } from './decoder.ts'
import type { Format, Reading } from './format.ts'
import { readEntity } from './ngsi-entity.ts'
import { readingsOf } from './ngsi-readings.ts'

/** device_alias.name */
const LONGEST_NAME = 200

/**
 * Notifications of a context broker about a subscription: NGSI-LD (ETSI GS CIM 009, 5.3.1; normalized, concise and
 * simplified) and NGSI-v2 (normalized and keyValues). The id of an entity is the name of the device.
 */
export const ngsiLd: Format = {
  read(message, { route }) {
    const read = readJson(message)
    if ('reason' in read) return { drafts: [], faults: [read] }
    const notification = notificationOf(read.body)
    if (!('entities' in notification)) return { drafts: [], faults: [notification] }
    const sent = { at: notification.sentAt ?? message.receivedAt, repeats: true }
    const drafts: VendorReading[] = []
    const faults: Reading['faults'] = []
    for (const [at, attributes] of notification.entities.entries()) {
      const path = `data[${at}].`
      const id = isObject(attributes) ? attributes['id'] : undefined
      if (!isObject(attributes) || typeof id !== 'string' || id === '' || id.length > LONGEST_NAME) {
        const detail = `an entity has an id of 1 to ${LONGEST_NAME} characters`
        faults.push({ reason: 'bad-body', field: `${path}id`, value: id ?? null, detail })
        continue
      }
      const vendor = { format: route.format, name: id }
      const found = readEntity({ message, vendor, attributes, path, metrics: route.metrics, sent })
      for (const draft of found.drafts) drafts.push(draft)
      for (const fault of found.faults) faults.push(fault)
    }
    return readingsOf(drafts, faults)
  },
}

function notificationOf(body: unknown): { entities: unknown[]; sentAt: number | undefined } | Fault {
  const entities = isObject(body) ? body['data'] : undefined
  if (!isObject(body) || !Array.isArray(entities)) {
    const detail = 'a notification: {"type":"Notification","data":[entities]}; not GeoJSON, not a bare entity'
    return { reason: 'bad-body', field: isObject(body) ? 'data' : null, value: '', detail }
  }
  if (entities.length > MOST_RECORDS_OF_ARRAY) {
    const detail = `${entities.length} entities; at most ${MOST_RECORDS_OF_ARRAY}`
    return { reason: 'too-large', field: 'data', value: entities.length, detail }
  }
  return { entities, sentAt: DeviceTime.safeParse(body['notifiedAt']).data }
}
