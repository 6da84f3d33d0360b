import type { Message } from '../message.ts'
import { levelsBehind, type Route } from '../topic-map.ts'
import type { VendorName } from '../vendor.ts'
import { readText } from './body.ts'
import { Findings, unreadable } from './findings.ts'
import type { Format, Reading } from './format.ts'
import { type HomieProperty, homieProperty, readHomieDescription } from './homie-description.ts'
import { isKnownName } from './quantity.ts'

const NOTHING: Reading = { drafts: [], faults: [] }
/** Topic ids of Homie, no longer than a name can be registered. */
const ID = /^[a-z0-9-]{1,200}$/
/** Device states of Homie 5. init: connected, but its values are not there yet; says nothing to us. */
const STATES = new Map([
  ['init', undefined],
  ['ready', true],
  ['sleeping', true],
  ['disconnected', false],
  ['lost', false],
])

/**
 * Homie 5: `<device>/$state`, `<device>/$description` and `<device>/<node>/<property>`, behind what the route's filter
 * begins with. Values are texts without a time; what a broker replays to a new subscription is marked as retained.
 */
export const homie: Format = {
  needs(topic, route) {
    const [device, node] = levelsBehind(route, topic)
    return device && node && ID.test(device) && !node.startsWith('$') ? [nameOf(device)] : []
  },

  read(message, { route, description }) {
    const [device, node, property, ...more] = levelsBehind(route, message.topic)
    if (!device || device.startsWith('$') || !node) return NOTHING
    // Nothing at all takes back what was retained; an empty text is one byte, 0.
    if (message.payload.length === 0) return NOTHING
    if (!ID.test(device)) {
      const detail = 'the id of a device is made of small letters, digits and -'
      return unreadable({ reason: 'unnamed-device', field: null, value: device, detail })
    }
    const vendor = nameOf(device)
    if (node === '$description') return readHomieDescription(message, vendor)
    if (node === '$state') return readState(message, route, vendor)
    // $log, $alert and whatever else a device says about itself; and <property>/set and <property>/$target.
    if (node.startsWith('$') || !property || more.length > 0) return NOTHING
    return readValue(message, route, vendor, { node, property, body: description(vendor) })
  },
}

function nameOf(device: string): VendorName {
  return { format: 'homie', name: device }
}

function readState(message: Message, route: Route, vendor: VendorName): Reading {
  const read = readText(message)
  const state = 'text' in read ? read.text.trim() : ''
  if (!STATES.has(state)) {
    const detail = `one of ${[...STATES.keys()].join(', ')}`
    return unreadable({ reason: 'bad-body', field: '$state', value: state, detail })
  }
  const online = STATES.get(state)
  const findings = new Findings(message, route)
  if (online !== undefined) findings.addConnection(vendor, online)
  return findings.reading()
}

interface Place {
  node: string
  property: string
  /** What the device has said about itself, if it has. */
  body: unknown
}

function readValue(message: Message, route: Route, vendor: VendorName, place: Place): Reading {
  const read = readText(message)
  if ('reason' in read) return unreadable(read)
  const path = `${place.node}/${place.property}`
  // A node that measures one thing calls it value, and itself by its name.
  const names = [path, place.property === 'value' ? place.node : place.property]
  const value = read.text === '\0' ? '' : read.text
  const told = propertyOf(
    place,
    message,
    vendor,
    names.some((name) => isKnownName(name, route.metrics)),
  )
  if ('faults' in told) return told
  if (told.kind === 'other') return NOTHING
  const findings = new Findings(message, route)
  const circumstances = { vendor, at: message.receivedAt, arrival: true }
  findings.add(circumstances, [{ path, names, value, unit: told.unit }])
  return findings.reading()
}

/**
 * What the description says of a property. Before there is one, a name that is known is taken in our own unit; any
 * other waits for it.
 */
function propertyOf(
  { node, property, body }: Place,
  { topic }: Message,
  vendor: VendorName,
  isKnown: boolean,
): HomieProperty | Reading {
  if (body === undefined) {
    if (isKnown) return { kind: 'measured', unit: undefined }
    const detail = `no $description of ${vendor.name} has come yet`
    return { drafts: [], faults: [{ reason: 'no-birth', field: null, value: topic, detail, vendor }] }
  }
  const told = homieProperty(body, `${node}/${property}`)
  if (told) return told
  const detail = `the $description of ${vendor.name} does not name it`
  return unreadable({ reason: 'bad-body', field: `${node}/${property}`, value: topic, detail })
}
