import type { Message } from '../message.ts'
import type { Route } from '../topic-map.ts'
import type { VendorName } from '../vendor.ts'
import { isObject, readJson, readText } from './body.ts'
import { fieldsOf } from './fields.ts'
import { Findings, unreadable } from './findings.ts'
import type { Format, Reading } from './format.ts'
import { isoMoment } from './moment.ts'
import { metricOf } from './quantity.ts'

/** Tasmota: `tele/<topic>/SENSOR` and `tele/<topic>/LWT`. The device is its topic, without `tele`. */
export const tasmota: Format = {
  read(message, { route }) {
    const levels = message.topic.split('/')
    const kind = levels.pop()
    const name = levels.filter((level) => level !== 'tele').join('/')
    const vendor = { format: 'tasmota', name } as const
    if (name === '') {
      const detail = 'the device is named by its topic: tele/<name>/SENSOR'
      return unreadable({ reason: 'unnamed-device', field: null, value: message.topic, detail })
    }
    return kind === 'LWT' ? readWill(message, route, vendor) : readSensors(message, route, vendor)
  },
}

/** The last will, and its counterpart after connecting. */
function readWill(message: Message, route: Route, vendor: VendorName): Reading {
  const findings = new Findings(message, route)
  const read = readText(message)
  const word = 'text' in read ? read.text.trim().toLowerCase() : ''
  if (word === 'online' || word === 'offline') findings.addConnection(vendor, word === 'online')
  else findings.refuseBody(null, word, 'Online or Offline')
  return findings.reading()
}

/** Values by sensor. `Time` is local and has no zone, unless the device was told to add it (SetOption52). */
function readSensors(message: Message, route: Route, vendor: VendorName): Reading {
  const read = readJson(message)
  if ('reason' in read) return unreadable(read)
  const findings = new Findings(message, route)
  if (!isObject(read.body)) {
    findings.refuseBody(null, read.body, 'an object of sensors')
    return findings.reading()
  }
  const { Time: time, TempUnit: unit, ...sensors } = read.body
  const at = time === undefined ? message.receivedAt : isoMoment(time, route.zone)
  if (at === undefined) {
    findings.refuseBody('Time', time, 'ISO 8601')
    return findings.reading()
  }
  const degrees = typeof unit === 'string' ? unit : undefined
  const fields = fieldsOf(sensors).map((field) => {
    const metric = metricOf(field.names, field.value, undefined, route.metrics)
    return metric === 'temperature' ? { ...field, unit: degrees } : field
  })
  findings.add({ vendor, at, arrival: time === undefined, timeField: 'Time' }, fields)
  return findings.reading()
}
