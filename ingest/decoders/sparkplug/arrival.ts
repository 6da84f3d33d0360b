import type { Message } from '../../message.ts'
import type { Route } from '../../topic-map.ts'
import type { VendorName } from '../../vendor.ts'
import type { FormatContext } from '../format.ts'
import { Birth, Vocabulary } from './birth.ts'
import { convert, DATATYPE } from './datatype.ts'
import type { EdgeNodes } from './edge-nodes.ts'
import type { Payload } from './payload.ts'
import type { Address } from './topic.ts'

/** A message of an edge node or of a device behind it. */
export type Sent = Extract<Address, { node: VendorName }>
/** With all that is needed to read it. */
export interface Arrival extends Sent {
  message: Message
  context: FormatContext
  payload: Payload
  nodes: EdgeNodes
}

/** Published now, by its sender: not kept by a broker (which the specification forbids), nor carried again by us. */
export function isLive({ message }: Arrival): boolean {
  return !message.retained && message.retryOf === undefined
}

/** The metric that numbers the sessions of an edge node. */
const BD_SEQ = 'bdSeq'

/** null: it does not number its sessions. */
export function bdSeqOf({ metrics }: Payload): number | null {
  const metric = metrics.find(({ name }) => name === BD_SEQ)
  const converted = metric?.value && convert(metric.value, metric.datatype ?? DATATYPE.UInt64)
  return converted && 'value' in converted ? Number(converted.value) : null
}

/** Descriptions come from the database too, where another version of this program may have written them. */
const read = new WeakMap<object, Birth | undefined>()

/** The birth that is known of it. */
export function birthOf({ context }: Arrival, vendor: VendorName): Birth | undefined {
  const body = context.description(vendor)
  if (typeof body !== 'object' || body === null) return undefined
  if (!read.has(body)) read.set(body, Birth.safeParse(body).data)
  return read.get(body)
}

const vocabularies = new WeakMap<Birth, { own: Route['metrics']; vocabulary: Vocabulary }>()

export function vocabularyOf(birth: Birth, own: Route['metrics']): Vocabulary {
  const known = vocabularies.get(birth)
  if (known?.own === own) return known.vocabulary
  const vocabulary = new Vocabulary(birth.metrics, own)
  vocabularies.set(birth, { own, vocabulary })
  return vocabulary
}
