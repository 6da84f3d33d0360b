import type { Fault } from '../decoders/decoder.ts'
import type { FormatContext, Reading } from '../decoders/format.ts'
import { formats } from '../decoders/index.ts'
import type { Memory } from '../decoders/memory.ts'
import type { Message } from '../message.ts'
import { type Batch, type Decodable, type Letter, letter } from '../records.ts'
import { isPush, type TopicMap } from '../topic-map.ts'
import { type Description, keyOf, type VendorName } from '../vendor.ts'

/** Larger payloads are refused, whatever they say. */
export const MOST_PAYLOAD_BYTES = 1_048_576

/** What this stage asks for besides the messages. */
export interface DecodeTools {
  map: TopicMap
  /** What devices have said about themselves in committed messages. */
  descriptions: { get(vendor: VendorName): Description['body'] | undefined }
  /** FormatContext.ordered. */
  ordered: boolean
  memory: Memory
}

/** Bytes to records. Every message gives a record, a description or a dead letter, or is counted as ignored. */
export function decode(messages: readonly Message[], tools: DecodeTools): Batch<Decodable> {
  const records: Decodable[] = []
  const letters: Letter[] = []
  const descriptions: Description[] = []
  const commands: { topic: string; payload: Buffer }[] = []
  const ignored = new Map<Message, number>()
  // A device may introduce itself and speak in one batch.
  const saidNow = new Map<string, unknown>()
  const description = (vendor: VendorName) => saidNow.get(keyOf(vendor)) ?? tools.descriptions.get(vendor)
  for (const message of messages) {
    const reading = read(message, { ...tools, description })
    for (const draft of reading.drafts) records.push(draft)
    for (const fault of reading.faults) {
      letters.push(letter(message, fault.reason, { ...fault, school: fault.school ?? null }))
    }
    for (const said of reading.descriptions ?? []) {
      saidNow.set(keyOf(said.vendor), said.body)
      descriptions.push({ ...said, message })
    }
    for (const command of reading.commands ?? []) commands.push(command)
    const found = reading.drafts.length + reading.faults.length + (reading.descriptions?.length ?? 0)
    const passed = reading.ignored ?? 0
    if (passed > 0 || found === 0) ignored.set(message, Math.max(1, passed))
  }
  return { messages, records, duplicates: [], letters, descriptions, ignored, commands }
}

type Tools = DecodeTools & Pick<FormatContext, 'description'>

function read(message: Message, { map, ordered, memory, description }: Tools): Reading {
  const { topic, payload } = message
  const refuse = (reason: Fault['reason'], value: unknown, detail: string): Reading => ({
    drafts: [],
    faults: [{ reason, field: null, value, detail }],
  })
  // What is pushed by HTTP is rid of personal data on its way in; by MQTT nobody has done that.
  const route = isPush(topic) && message.source !== 'http' ? undefined : map.routeOf(topic)
  const format = route && formats[route.format]
  if (!route || !format) return refuse('unknown-topic', topic, 'the topic map names no format for this topic')
  if (payload.length > MOST_PAYLOAD_BYTES) {
    return refuse('too-large', payload.length, `${payload.length} bytes; at most ${MOST_PAYLOAD_BYTES}`)
  }
  return format.read(message, { route, description, ordered, memory })
}
