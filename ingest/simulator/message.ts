import type { CheckinBody, RollBody } from '../../shared/contract/attendance.ts'
import { formatTopic } from '../../shared/contract/topics.ts'
import type { SimDevice, SimSchool } from './province/school.ts'

/** A message of protocol v1 on its way out. */
export interface Outgoing {
  /** Messages of one school keep their order. */
  school: SimSchool
  topic: string
  payload: string
  retain: boolean
  /** Readings, rolls or passages in it: what it costs to store. */
  records: number
}

export interface TimedPoint {
  ts: number
  values: Record<string, number>
}

export function telemetry(school: SimSchool, device: SimDevice, points: readonly TimedPoint[]): Outgoing {
  const topic = formatTopic({ kind: 'telemetry', school: school.code, device: device.code })
  return outgoing(school, topic, points.length === 1 ? points[0] : points, false, points.length)
}

export function attendance(school: SimSchool, rolls: readonly RollBody[]): Outgoing {
  const topic = formatTopic({ kind: 'attendance', school: school.code })
  return outgoing(school, topic, rolls.length === 1 ? rolls[0] : rolls, false, rolls.length)
}

export function checkin(school: SimSchool, passages: readonly CheckinBody[]): Outgoing {
  const topic = formatTopic({ kind: 'checkin', school: school.code })
  return outgoing(school, topic, passages, false, passages.length)
}

export function status(school: SimSchool, open: boolean, reason: string, since: number): Outgoing {
  const topic = formatTopic({ kind: 'status', school: school.code })
  return outgoing(school, topic, { open, reason, since }, true, 1)
}

export function deviceState(school: SimSchool, device: SimDevice, online: boolean): Outgoing {
  const topic = formatTopic({ kind: 'deviceState', school: school.code, device: device.code })
  return outgoing(school, topic, { online }, true, 1)
}

function outgoing(
  school: SimSchool,
  topic: string,
  body: unknown,
  retain: boolean,
  records: number,
): Outgoing {
  return { school, topic, payload: JSON.stringify(body), retain, records }
}
