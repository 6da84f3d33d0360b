import { isUtf8 } from 'node:buffer'
import type { TopicKind } from '../../shared/contract/topics.ts'
import { parseTopic } from '../../shared/contract/topics.ts'
import { decodeAttendance } from './attendance.ts'
import { decodeCheckin } from './checkin.ts'
import type { Decoder, Fault } from './decoder.ts'
import { decodeDeviceState } from './device-state.ts'
import type { Format } from './format.ts'
import { parseJson } from './json.ts'
import { decodeStatus } from './status.ts'
import { decodeTelemetry } from './telemetry.ts'

const bodies: Record<TopicKind, Decoder> = {
  telemetry: decodeTelemetry,
  attendance: decodeAttendance,
  checkin: decodeCheckin,
  status: decodeStatus,
  deviceState: decodeDeviceState,
}

/** Protocol v1 (docs/protocol.md): JSON, by kind of topic. */
export const native: Format = {
  read(message) {
    const { topic, payload } = message
    const address = parseTopic(topic)
    const refuse = (reason: Fault['reason'], value: unknown, detail: string) => ({
      drafts: [],
      faults: [{ reason, field: null, value, detail, school: address?.school ?? null }],
    })
    if (!address) return refuse('unknown-topic', topic, 'the topic has none of the shapes of protocol v1')
    if (!isUtf8(payload)) return refuse('not-utf8', '', 'the bytes are not UTF-8')
    let body: unknown
    try {
      body = parseJson(payload.toString('utf8'))
    } catch (error) {
      return refuse('not-json', '', (error as Error).message.slice(0, 200))
    }
    const device = 'device' in address ? address.device : undefined
    const { drafts, faults } = bodies[address.kind](body, { school: address.school, device }, message)
    if (faults.length === 0) return { drafts, faults: [] }
    return { drafts, faults: faults.map((fault) => ({ ...fault, school: address.school })) }
  },
}
