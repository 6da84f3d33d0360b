import { readJson } from './body.ts'
import { elementsOf } from './decoder.ts'
import { Findings, unreadable } from './findings.ts'
import type { Format } from './format.ts'
import { readTimedValues } from './timed-values.ts'

/**
 * ThingsBoard's telemetry of one device: `{k: v}`, `{"ts", "values"}` or an array of either. Neither topic nor body
 * names the device: its name is the user name of its connection, which only the embedded broker knows.
 */
export const thingsboard: Format = {
  read(message, { route }) {
    const name = message.username
    if (!name) {
      const detail =
        'the device is named by the user name of its connection: sign in with one, at the broker of this program'
      return unreadable({ reason: 'unnamed-device', field: null, value: '', detail })
    }
    const read = readJson(message)
    if ('reason' in read) return unreadable(read)
    const elements = elementsOf(read.body)
    if (!Array.isArray(elements)) return unreadable(elements)
    const findings = new Findings(message, route)
    const vendor = { format: 'thingsboard', name } as const
    for (const { path, element } of elements) {
      readTimedValues(element, vendor, path, message.receivedAt, findings)
    }
    return findings.reading()
  },
}
