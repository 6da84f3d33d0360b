import { canonicalName } from '../../shared/contract/format.ts'
import { isObject, readJson, textOf } from './body.ts'
import { fieldsOf } from './fields.ts'
import { Findings, unreadable } from './findings.ts'
import type { Format } from './format.ts'
import { isoMoment } from './moment.ts'

/**
 * ChirpStack v4, event `up` in JSON (`json=true` of its MQTT integration). What the device measured is in `object`,
 * which is there only when its device profile has a codec. `time` is set once for all gateways that heard the same
 * uplink (`deduplicationId`), so that an event sent twice has the same moment and is found stored.
 */
export const chirpstack: Format = {
  read(message, { route }) {
    const read = readJson(message)
    if ('reason' in read) return unreadable(read)
    const findings = new Findings(message, route)
    const event = isObject(read.body) ? read.body : {}
    const devEui = isObject(event['deviceInfo']) ? textOf(event['deviceInfo']['devEui']) : undefined
    const { object, time } = event
    const at = time === undefined ? message.receivedAt : isoMoment(time)
    if (devEui === undefined) {
      const detail = 'the device is named by deviceInfo.devEui'
      findings.refuse({ reason: 'unnamed-device', field: 'deviceInfo.devEui', value: null, detail })
    } else if (!isObject(object)) {
      const detail = 'nothing is decoded: give the device profile a codec in ChirpStack'
      findings.refuseBody('object', object ?? null, detail)
    } else if (at === undefined) {
      findings.refuseBody('time', time, 'ISO 8601 with a zone')
    } else {
      const vendor = { format: 'chirpstack', name: canonicalName('chirpstack', devEui) } as const
      const circumstances = { vendor, at, arrival: time === undefined, timeField: 'time' }
      findings.add(circumstances, fieldsOf(object, 'object.'))
    }
    return findings.reading()
  },
}
