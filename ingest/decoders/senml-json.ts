import { readJson } from './body.ts'
import { unreadable } from './findings.ts'
import type { Format } from './format.ts'
import { readPack } from './senml.ts'

/** SenML in JSON (RFC 8428, section 5). */
export const senmlJson: Format = {
  read(message, { route }) {
    const read = readJson(message)
    return 'reason' in read ? unreadable(read) : readPack(read.body, 'senml-json', message, route)
  },
}
