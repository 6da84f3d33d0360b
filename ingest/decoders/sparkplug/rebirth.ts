import { DATATYPE } from './datatype.ts'

/** The metric by which a host application asks an edge node for all its births (section 5.17 of Eclipse Sparkplug 3.0). */
const NAME = Buffer.from('Node Control/Rebirth')

/** Payload of the command. @param at milliseconds since 1970 */
export function rebirthRequest(at: number): Buffer {
  const timestamp = varint(at)
  const metric = Buffer.concat([
    Buffer.from([0x0a, NAME.length]),
    NAME,
    Buffer.from([0x18]),
    timestamp,
    // datatype, and boolean_value = true
    Buffer.from([0x20, DATATYPE.Boolean, 0x70, 1]),
  ])
  return Buffer.concat([Buffer.from([0x08]), timestamp, Buffer.from([0x12, metric.length]), metric])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80)
  return Buffer.from([...bytes, rest])
}
