import type { TopicKind } from '../../shared/contract/topics.ts'
import { decodeAttendance } from './attendance.ts'
import { decodeCheckin } from './checkin.ts'
import type { Decoder } from './decoder.ts'
import { decodeDeviceState } from './device-state.ts'
import { decodeStatus } from './status.ts'
import { decodeTelemetry } from './telemetry.ts'

/** The table of payload formats: protocol v1, by kind of topic. */
export const decoders: Record<TopicKind, Decoder> = {
  telemetry: decodeTelemetry,
  attendance: decodeAttendance,
  checkin: decodeCheckin,
  status: decodeStatus,
  deviceState: decodeDeviceState,
}
