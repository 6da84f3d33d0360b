import { Memory } from '../../ingest/decoders/memory.ts'
import type { Message, Outcome } from '../../ingest/message.ts'
import type { Batch, Draft } from '../../ingest/records.ts'
import { type DecodeTools, decode } from '../../ingest/stages/decode.ts'
import { identify } from '../../ingest/stages/identify.ts'
import { readTopicMap, SHIPPED_MAP } from '../../ingest/topic-map.ts'

export interface TestMessage extends Message {
  outcomes: Outcome[]
}

/** 08:00 of a school day, province time. */
export const NOW = Date.parse('2026-11-23T01:00:00Z')

export function message(topic: string, body: unknown, more: Partial<Message> = {}): TestMessage {
  const payload = Buffer.isBuffer(body)
    ? body
    : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  const outcomes: Outcome[] = []
  return {
    topic,
    payload,
    qos: 1,
    retained: false,
    dup: false,
    receivedAt: NOW,
    source: 'mqtt',
    username: undefined,
    settle: (outcome) => outcomes.push(outcome),
    outcomes,
    ...more,
  }
}

/** What the decoders are given when no device has said anything about itself. */
export const decodeTools: DecodeTools = {
  map: readTopicMap(SHIPPED_MAP),
  descriptions: { get: () => undefined },
  ordered: true,
  memory: new Memory(),
}

/** Decoded where no message is of a vendor. */
export function decodeOwn(messages: readonly Message[]): Batch<Draft> {
  const batch = decode(messages, decodeTools)
  const records = batch.records.filter((one): one is Draft => !('vendor' in one))
  if (records.length < batch.records.length) throw new Error('a vendor among the messages')
  return { ...batch, records, duplicates: [] }
}

/** Decoded with the vendor names found nowhere: messages of the protocol itself need none. */
export async function decodeNative(messages: readonly Message[]): Promise<Batch<Draft>> {
  return identify(decode(messages, decodeTools), {
    deviceOf: () => undefined,
    devicesBelow: () => [],
    refresh: async () => {},
  })
}

export const TELEMETRY = 'ioc/v1/TH-01/telemetry/room-1'

export const roll = (more: object = {}) => ({
  id: 'r-1',
  date: '2026-11-23',
  session: 'morning',
  class: '3A',
  revision: 1,
  enrolled: 35,
  present: 33,
  late: 1,
  excused: 1,
  unexcused: 1,
  takenAt: '2026-11-23T07:20:00+07:00',
  ...more,
})
