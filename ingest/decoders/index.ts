import type { FormatName } from '../../shared/contract/format.ts'
import { chirpstack } from './chirpstack.ts'
import type { Format } from './format.ts'
import { hanet } from './hanet.ts'
import { homie } from './homie.ts'
import { iotaJson } from './iota-json.ts'
import { native } from './native.ts'
import { ngsiLd } from './ngsi-ld.ts'
import { senmlCbor } from './senml-cbor.ts'
import { senmlJson } from './senml-json.ts'
import { sparkplug } from './sparkplug.ts'
import { tasmota } from './tasmota.ts'
import { thingsStack } from './things-stack.ts'
import { thingsboard } from './thingsboard.ts'
import { thingsboardGateway } from './thingsboard-gateway.ts'
import { zigbee2mqtt } from './zigbee2mqtt.ts'
import { zkteco } from './zkteco.ts'

/** The table of payload formats. */
export const formats: Partial<Record<FormatName, Format>> = {
  native,
  thingsboard,
  'thingsboard-gateway': thingsboardGateway,
  'senml-json': senmlJson,
  'senml-cbor': senmlCbor,
  chirpstack,
  'things-stack': thingsStack,
  tasmota,
  zigbee2mqtt,
  homie,
  'ngsi-ld': ngsiLd,
  'iota-json': iotaJson,
  hanet,
  zkteco,
  sparkplug,
  /** A gateway's words about itself. */
  nothing: { read: () => ({ drafts: [], faults: [] }) },
}
