import { isUtf8 } from 'node:buffer'
import { parseTopic } from '../../shared/contract/topics.ts'
import type { Fault } from '../decoders/decoder.ts'
import { decoders } from '../decoders/index.ts'
import { parseJson } from '../decoders/json.ts'
import type { Message } from '../message.ts'
import { type Batch, type Draft, type Letter, letter } from '../records.ts'

/** Larger payloads are refused, whatever they say. */
export const MOST_PAYLOAD_BYTES = 1_048_576

/** Bytes to records. Every message gives at least one record or one dead letter. */
export function decode(messages: readonly Message[]): Batch<Draft> {
  const records: Draft[] = []
  const letters: Letter[] = []
  for (const message of messages) {
    const { school, drafts, faults } = decodeMessage(message)
    for (const draft of drafts) records.push(draft)
    for (const fault of faults) letters.push(letter(message, fault.reason, { ...fault, school }))
  }
  return { messages, records, duplicates: [], letters }
}

function decodeMessage(message: Message): { school: string | null; drafts: Draft[]; faults: Fault[] } {
  const { topic, payload } = message
  const address = parseTopic(topic)
  const refuse = (reason: Fault['reason'], value: unknown, detail: string) => ({
    school: address?.school ?? null,
    drafts: [],
    faults: [{ reason, field: null, value, detail }],
  })
  if (!address) return refuse('unknown-topic', topic, 'the topic has none of the shapes of protocol v1')
  if (payload.length > MOST_PAYLOAD_BYTES) {
    return refuse('too-large', payload.length, `${payload.length} bytes; at most ${MOST_PAYLOAD_BYTES}`)
  }
  if (!isUtf8(payload)) return refuse('not-utf8', '', 'the bytes are not UTF-8')
  let body: unknown
  try {
    body = parseJson(payload.toString('utf8'))
  } catch (error) {
    return refuse('not-json', '', (error as Error).message.slice(0, 200))
  }
  const device = 'device' in address ? address.device : undefined
  const decoded = decoders[address.kind](body, { school: address.school, device }, message)
  return { school: address.school, ...decoded }
}
