import { DeviceStateBody } from '../../shared/contract/device.ts'
import { type Decoder, faultOf } from './decoder.ts'

/** Whether a device is connected. It carries no time: a last will is written before anybody knows when it is sent. */
export const decodeDeviceState: Decoder = (body, { school, device }, message) => {
  const parsed = DeviceStateBody.safeParse(body)
  if (!parsed.success) return { drafts: [], faults: [faultOf(parsed.error, body, '')] }
  const place = { school, device: device!, path: '' }
  const { online } = parsed.data
  return { drafts: [{ kind: 'connection', message, ...place, at: message.receivedAt, online }], faults: [] }
}
