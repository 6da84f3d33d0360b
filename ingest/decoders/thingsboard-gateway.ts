import { LONGEST_NAME } from '../../shared/contract/format.ts'
import { isObject, readJson } from './body.ts'
import { elementsOf } from './decoder.ts'
import { Findings, unreadable } from './findings.ts'
import type { Format } from './format.ts'
import { readTimedValues } from './timed-values.ts'

/** ThingsBoard's telemetry of a gateway: an array of values, with their times or without, by name of device. */
export const thingsboardGateway: Format = {
  read(message, { route }) {
    const read = readJson(message)
    if ('reason' in read) return unreadable(read)
    const findings = new Findings(message, route)
    if (!isObject(read.body)) {
      findings.refuseBody(null, read.body, 'an object: arrays of {"ts", "values"} by name of device')
      return findings.reading()
    }
    for (const [name, said] of Object.entries(read.body)) {
      const elements = elementsOf(said)
      if (name === '' || name.length > LONGEST_NAME) {
        const detail = `the name of a device has 1 to ${LONGEST_NAME} characters`
        findings.refuse({ reason: 'unnamed-device', field: null, value: name, detail })
      } else if (!Array.isArray(elements)) {
        findings.refuse({ ...elements, field: name })
      } else {
        const vendor = { format: 'thingsboard-gateway', name } as const
        for (const { path, element } of elements) {
          readTimedValues(element, vendor, `${name}${path || '.'}`, message.receivedAt, findings)
        }
      }
    }
    return findings.reading()
  },
}
