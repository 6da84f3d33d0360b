import type { Message } from '../message.ts'
import type { VendorName } from '../vendor.ts'
import { isObject, readJson, textOf } from './body.ts'
import { fieldsOf } from './fields.ts'
import { type Circumstances, Findings, unreadable } from './findings.ts'
import type { Format } from './format.ts'
import { isoMoment } from './moment.ts'

/**
 * The Things Stack v3, uplinks as JSON. The device is `device_id@application_id`: a dev_eui is not always there.
 * Fields that are empty, 0 or false are left out of the message, so only what is needed is looked for. Preferred is
 * `normalized_payload`, whose names and units are one standard; `decoded_payload` adds the metrics it lacks.
 */
export const thingsStack: Format = {
  read(message, { route }) {
    const read = readJson(message)
    if ('reason' in read) return unreadable(read)
    const findings = new Findings(message, route)
    const body = isObject(read.body) ? read.body : {}
    const vendor = deviceOf(body['end_device_ids'])
    if (!vendor) {
      const detail = 'the device is named by device_id and application_ids.application_id'
      findings.refuse({ reason: 'unnamed-device', field: 'end_device_ids', value: null, detail })
      return findings.reading()
    }
    const uplink = isObject(body['uplink_message']) ? body['uplink_message'] : {}
    const circumstances = circumstancesOf(vendor, body, uplink, message)
    if ('wrong' in circumstances) {
      findings.refuseBody(circumstances.wrong, circumstances.value, 'ISO 8601 with a zone')
      return findings.reading()
    }
    const { normalized_payload: normalized, decoded_payload: decoded } = uplink
    const measurements = Array.isArray(normalized) ? normalized : []
    measurements.forEach((measurement: unknown, at) => {
      addNormalized(measurement, `uplink_message.normalized_payload[${at}].`, circumstances, findings)
    })
    if (isObject(decoded)) {
      findings.addMissing(circumstances, fieldsOf(decoded, 'uplink_message.decoded_payload.'))
    } else if (measurements.length === 0) {
      const detail = 'nothing is decoded: give the device a payload formatter in The Things Stack'
      findings.refuseBody('uplink_message.decoded_payload', decoded ?? null, detail)
    }
    return findings.reading()
  },
}

function deviceOf(ids: unknown): VendorName | undefined {
  if (!isObject(ids) || !isObject(ids['application_ids'])) return undefined
  const device = textOf(ids['device_id'])
  const application = textOf(ids['application_ids']['application_id'])
  return device && application ? { format: 'things-stack', name: `${device}@${application}` } : undefined
}

/**
 * The time is that of the network server. The gateways' own (`settings.time`) come from clocks nobody checks, and
 * `settings.timestamp` is a counter of the radio.
 */
function circumstancesOf(
  vendor: VendorName,
  body: Record<string, unknown>,
  uplink: Record<string, unknown>,
  message: Message,
): Circumstances | { wrong: string; value: unknown } {
  const timeField = 'received_at' in uplink ? 'uplink_message.received_at' : 'received_at'
  const time = uplink['received_at'] ?? body['received_at']
  if (time === undefined) return { vendor, at: message.receivedAt, arrival: true }
  const at = isoMoment(time)
  return at === undefined ? { wrong: timeField, value: time } : { vendor, at, arrival: false, timeField }
}

/** One measurement of a normalized payload; some have a time of their own, as of a logger's memory. */
function addNormalized(measurement: unknown, place: string, uplink: Circumstances, findings: Findings): void {
  if (!isObject(measurement)) {
    findings.refuseBody(place.slice(0, -1), measurement, 'an object of measurements')
    return
  }
  // Of the battery this schema has the volts; ours is the charge.
  const { time, battery: _volts, ...values } = measurement
  const at = time === undefined ? uplink.at : isoMoment(time)
  if (at === undefined) {
    findings.refuseBody(`${place}time`, time, 'ISO 8601 with a zone')
    return
  }
  const own = time === undefined ? {} : { arrival: false, timeField: `${place}time` }
  // Whole names only: air.temperature is the room's, soil.temperature is not.
  const fields = fieldsOf(values, place).map((field) => ({ ...field, names: field.names.slice(0, 1) }))
  findings.add({ ...uplink, at, ...own }, fields)
}
