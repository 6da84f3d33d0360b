import type { Message } from '../message.ts'
import type { Route } from '../topic-map.ts'
import type { VendorName, VendorReading } from '../vendor.ts'
import type { Fault } from './decoder.ts'
import { type Measured, measuredOf } from './ngsi-attribute.ts'
import { type Time, timeOf, timeOfEntity, type UnreadTime } from './ngsi-time.ts'
import { quantityOf } from './quantity.ts'

/** One entity of a message. */
export interface Entity {
  message: Message
  vendor: VendorName
  attributes: Record<string, unknown>
  /** Where it stands in the body, such as `data[0].`. */
  path: string
  /** Route.metrics */
  metrics: Route['metrics']
  /** For attributes without a time: when they were sent, and whether senders repeat what has not changed. */
  sent: { at: number; repeats: boolean }
}

interface Found {
  drafts: VendorReading[]
  faults: (Fault & { vendor: VendorName })[]
}

/** What the entity says about itself. */
const NOT_ATTRIBUTES = [
  ...['id', 'type', '@id', '@type', '@context', 'scope', 'createdAt', 'modifiedAt', 'deletedAt', 'expiresAt'],
  ...['TimeInstant', 'dateObserved', 'dateCreated', 'dateModified'],
]
/** Smart Data Models: a share of 0 to 1 where no unit is given. */
const SHARES = ['relativehumidity', 'batterylevel']
/** UN/CEFACT: one. */
const ONE = 'C62'

/** The readings of an entity, attribute by attribute: a wrong one is one fault, and its neighbours are kept. */
export function readEntity(entity: Entity): Found {
  const found: Found = { drafts: [], faults: [] }
  const { vendor, path } = entity
  const refuse = (fault: Fault) => found.faults.push({ ...fault, field: `${path}${fault.field}`, vendor })
  const whole = timeOfEntity(entity.attributes)
  if (whole && 'text' in whole) refuse(badTime(whole))
  const unknown: string[] = []
  for (const [key, attribute] of Object.entries(entity.attributes)) {
    if (NOT_ATTRIBUTES.includes(key)) continue
    const { measured, others, counts } = instanceOf(attribute)
    const quantity = measured && quantityIn(key, measured, entity.metrics)
    if (!quantity || quantity.is === 'ignored') continue
    if (quantity.is === 'fault' && quantity.reason === 'unknown-metric') {
      // Words about the entity, such as its name, are no measurements.
      if (['number', 'boolean'].includes(typeof measured.value)) unknown.push(key)
      continue
    }
    if (others > 0) refuse(severalInstances(key, others))
    if (!counts) continue
    if (quantity.is === 'fault') {
      refuse({ reason: quantity.reason, field: key, value: measured.value, detail: quantity.detail })
      continue
    }
    const time = timeOf(key, measured, whole, entity.sent)
    if (!('text' in time)) found.drafts.push(draftOf(entity, key, quantity, time))
    else if (time !== whole) refuse(badTime(time))
  }
  if (unknown.length > 0) {
    const names = unknown.join(', ')
    const detail = `no metric is known under the name ${names.slice(0, 200)}`
    refuse({ reason: 'unknown-metric', field: unknown[0]!, value: names, detail })
  }
  return found
}

/**
 * An attribute may come in several instances, told apart by a datasetId: those are of other sources than the device
 * and would be mixed with it, so only the one without counts.
 */
function instanceOf(attribute: unknown): {
  measured: Measured | undefined
  others: number
  counts: boolean
} {
  const several =
    Array.isArray(attribute) && attribute.every((one) => typeof one === 'object' && one !== null)
  if (!several || attribute.length === 0) {
    return { measured: measuredOf(attribute), others: 0, counts: true }
  }
  const own: unknown = attribute.find((one) => !('datasetId' in one))
  const others = attribute.length - (own === undefined ? 0 : 1)
  return { measured: measuredOf(own ?? attribute[0]), others, counts: own !== undefined }
}

function severalInstances(key: string, others: number): Fault {
  const detail = `${others} instances beside the one of the device; only the one without datasetId is stored`
  return { reason: 'bad-body', field: key, value: others, detail }
}

function quantityIn(key: string, { value, unit }: Measured, own: Route['metrics']) {
  // Without the sender's @context names come as whole addresses, or with a prefix.
  const short = key.slice(Math.max(key.lastIndexOf('/'), key.lastIndexOf('#'), key.lastIndexOf(':')) + 1)
  const name = Object.hasOwn(own, key) ? key : short
  const isShare = unit === undefined && SHARES.includes(name.toLowerCase()) && !Object.hasOwn(own, name)
  if (isShare && typeof value === 'number' && value > 1) {
    const detail = `without unitCode ${name} is a share of 0 to 1; percent have unitCode P1`
    return { is: 'fault', reason: 'bad-body', detail } as const
  }
  return quantityOf(name, value, isShare ? ONE : unit, own)
}

function badTime({ field, text }: UnreadTime): Fault {
  const detail = 'a time in ISO 8601 with a zone, such as 2026-09-07T07:31:02Z'
  return { reason: 'bad-body', field, value: text, detail }
}

function draftOf(
  { message, vendor, path }: Entity,
  key: string,
  { metric, value }: { metric: string; value: number },
  { at, arrival, marks, field }: Time,
): VendorReading {
  const said = { metric, at, arrival, value, field: `${path}${key}`, timeField: field ?? key }
  return { kind: 'reading', message, vendor, path, ...said, ...(marks > 0 ? { marks } : {}) }
}
