import type { Message } from '../message.ts'
import { QUALITY } from '../stages/enrich.ts'
import { levelsBehind } from '../topic-map.ts'
import { isObject, readJson, readText } from './body.ts'
import { type Field, fieldsOf } from './fields.ts'
import { type Circumstances, Findings, unreadable } from './findings.ts'
import type { Format, Reading } from './format.ts'
import { isoMoment } from './moment.ts'

const NOTHING: Reading = { drafts: [], faults: [] }
const EARLIEST_EPOCH_MS = 946_684_800_000

/**
 * zigbee2mqtt: JSON by friendly name, which may hold `/`. The name is the topic behind what its route begins with;
 * for several gateways at one broker give each a base topic of its own, such as `zigbee2mqtt/th-01`.
 */
export const zigbee2mqtt: Format = {
  read(message, { route }) {
    const levels = levelsBehind(route, message.topic)
    // Nothing at all takes back what was retained, as when a device is removed.
    if (isOfGateway(levels) || message.payload.length === 0) return NOTHING
    const isAvailability = levels.length > 1 && levels.at(-1) === 'availability'
    const name = levels.slice(0, isAvailability ? -1 : undefined).join('/')
    const findings = new Findings(message, route)
    const vendor = { format: 'zigbee2mqtt', name } as const
    if (name === '') {
      const detail = 'the device is named by its topic: zigbee2mqtt/<friendly name>'
      return unreadable({ reason: 'unnamed-device', field: null, value: message.topic, detail })
    }
    if (isAvailability) {
      const state = stateOf(message)
      if (state === 'online' || state === 'offline') findings.addConnection(vendor, state === 'online')
      else findings.refuseBody(null, state ?? null, 'online or offline, as text or as {"state"}')
      return findings.reading()
    }
    const read = readJson(message)
    if ('reason' in read) return unreadable(read)
    if (!isObject(read.body)) {
      findings.refuseBody(null, read.body, 'an object of values: set its option output to json')
      return findings.reading()
    }
    const { last_seen: lastSeen, ...values } = read.body
    const when = timeOf(lastSeen, message.receivedAt)
    if (when) findings.add({ vendor, ...when }, measurementsOf(values))
    else findings.refuseBody('last_seen', lastSeen, 'ISO 8601, or milliseconds since 1970')
    return findings.reading()
  },
}

/** What the gateway says about itself, and what others ask of it or of a device. */
function isOfGateway(levels: readonly string[]): boolean {
  const last = levels.at(-1)
  return (
    levels.includes('bridge') ||
    (levels.length > 1 && (last === 'set' || last === 'get')) ||
    (levels.length > 2 && levels.at(-2) === 'set')
  )
}

/** `{"state":"online"}`, or the bare word of versions before 2. */
function stateOf(message: Message): string | undefined {
  const read = readJson(message)
  if ('body' in read && isObject(read.body)) return String(read.body['state']).toLowerCase()
  const text = readText(message)
  return 'text' in text ? text.text.trim().toLowerCase() : undefined
}

/**
 * With the option last_seen the time is the device's last word. Without it, it is that of arrival, and the values may
 * be earlier ones: with its option cache_state, which is on by default, the gateway says all it knows each time.
 */
function timeOf(lastSeen: unknown, receivedAt: number): Omit<Circumstances, 'vendor'> | undefined {
  if (lastSeen === undefined || lastSeen === null) {
    return { at: receivedAt, arrival: true, marks: QUALITY.repeated }
  }
  const isEpoch = typeof lastSeen === 'number' && Number.isSafeInteger(lastSeen)
  const at = isEpoch && lastSeen >= EARLIEST_EPOCH_MS ? lastSeen : isoMoment(lastSeen)
  return at === undefined ? undefined : { at, arrival: false, timeField: 'last_seen' }
}

/**
 * The values that are measurements. null: not known yet, nothing is said. `voltage` beside `battery` is that of the
 * battery, and `illuminance` beside `illuminance_lux` a raw figure (both before version 2).
 */
function measurementsOf(values: Readonly<Record<string, unknown>>): Field[] {
  const passedOver = (path: string) =>
    (path === 'voltage' && 'battery' in values) || (path === 'illuminance' && 'illuminance_lux' in values)
  return fieldsOf(values).filter(({ path, value }) => value !== null && !passedOver(path))
}
