import type { z } from 'zod'
import { CheckinBodies, RollBodies } from './attendance.ts'
import { DeviceStateBody } from './device.ts'
import { TelemetryBody } from './reading.ts'
import { SchoolStatusBody } from './school.ts'

/**
 * MQTT protocol v1: every topic and its payload, in one map. The HTTP form of a message is the same body
 * at POST /api/v1/ingest/{rest of the topic after ioc/v1/}.
 */
export const topics = {
  telemetry: { pattern: 'ioc/v1/{school}/telemetry/{device}', body: TelemetryBody, retained: false },
  attendance: { pattern: 'ioc/v1/{school}/attendance', body: RollBodies, retained: false },
  checkin: { pattern: 'ioc/v1/{school}/checkin', body: CheckinBodies, retained: false },
  status: { pattern: 'ioc/v1/{school}/status', body: SchoolStatusBody, retained: true },
  deviceState: { pattern: 'ioc/v1/{school}/devices/{device}/state', body: DeviceStateBody, retained: true },
} as const

export type TopicKind = keyof typeof topics
export type TopicBody<K extends TopicKind> = z.infer<(typeof topics)[K]['body']>

export type ParsedTopic =
  | { kind: 'telemetry' | 'deviceState'; school: string; device: string }
  | { kind: 'attendance' | 'checkin' | 'status'; school: string }

const CODE = '[A-Za-z0-9][A-Za-z0-9_-]*'
const shapes = (Object.keys(topics) as TopicKind[]).map((kind) => ({
  kind,
  shape: new RegExp(`^${topics[kind].pattern.replace(/\{(\w+)\}/g, `(?<$1>${CODE})`)}$`),
}))

/** Topics read before: a device says the same one all its life. Rubbish is not remembered. */
const known = new Map<string, ParsedTopic>()
const MOST_KNOWN = 50_000

/** Reads a topic; undefined when it is none of protocol v1. */
export function parseTopic(topic: string): ParsedTopic | undefined {
  const before = known.get(topic)
  if (before) return before
  const parsed = topic.length > 200 ? undefined : readTopic(topic)
  if (parsed) {
    if (known.size >= MOST_KNOWN) known.clear()
    known.set(topic, Object.freeze(parsed))
  }
  return parsed
}

function readTopic(topic: string): ParsedTopic | undefined {
  for (const { kind, shape } of shapes) {
    const groups = shape.exec(topic)?.groups
    if (groups) return { kind, ...groups } as ParsedTopic
  }
  return undefined
}

/** Writes a topic. */
export function formatTopic(topic: ParsedTopic): string {
  const names: Record<string, string> = {
    school: topic.school,
    ...('device' in topic ? { device: topic.device } : {}),
  }
  return topics[topic.kind].pattern.replace(/\{(\w+)\}/g, (_, name: string) => names[name] ?? '')
}
