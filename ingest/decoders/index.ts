import type { FormatName } from '../vendor.ts'
import type { Format } from './format.ts'
import { hanet } from './hanet.ts'
import { iotaJson } from './iota-json.ts'
import { native } from './native.ts'
import { ngsiLd } from './ngsi-ld.ts'
import { zkteco } from './zkteco.ts'

/** The table of payload formats. */
export const formats: Partial<Record<FormatName, Format>> = {
  native,
  'ngsi-ld': ngsiLd,
  'iota-json': iotaJson,
  hanet,
  zkteco,
  /** A gateway's words about itself. */
  nothing: { read: () => ({ drafts: [], faults: [] }) },
}
