import type { TopicKind } from '../../shared/contract/topics.ts'
import { parseTopic } from '../../shared/contract/topics.ts'
import { decodeAttendance } from './attendance.ts'
import { readJson } from './body.ts'
import { decodeCheckin } from './checkin.ts'
import type { Decoder, Fault } from './decoder.ts'
import { decodeDeviceState } from './device-state.ts'
import type { Format } from './format.ts'
import { decodeStatus } from './status.ts'
import { decodeTelemetry } from './telemetry.ts'

/** What the bodies of each kind of topic are read by. */
export const bodies: Record<TopicKind, Decoder> = {
  telemetry: decodeTelemetry,
  attendance: decodeAttendance,
  checkin: decodeCheckin,
  status: decodeStatus,
  deviceState: decodeDeviceState,
}

/** Protocol v1 (docs/protocol.md): JSON, by kind of topic. */
export const native: Format = {
  read(message) {
    const { topic } = message
    const address = parseTopic(topic)
    const refuse = (fault: Fault) => ({
      drafts: [],
      faults: [{ ...fault, school: address?.school ?? null }],
    })
    if (!address) {
      const detail = 'the topic has none of the shapes of protocol v1'
      return refuse({ reason: 'unknown-topic', field: null, value: topic, detail })
    }
    const read = readJson(message)
    if ('reason' in read) return refuse(read)
    const device = 'device' in address ? address.device : undefined
    const { drafts, faults } = bodies[address.kind](read.body, { school: address.school, device }, message)
    if (faults.length === 0) return { drafts, faults: [] }
    return { drafts, faults: faults.map((fault) => ({ ...fault, school: address.school })) }
  },
}
