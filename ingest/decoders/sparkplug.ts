import type { Message } from '../message.ts'
import type { Route } from '../topic-map.ts'
import type { VendorConnection, VendorName } from '../vendor.ts'
import type { Fault } from './decoder.ts'
import type { Format, FormatContext, Reading } from './format.ts'
import { Birth, bornMetrics, Vocabulary } from './sparkplug/birth.ts'
import { convert, DATATYPE } from './sparkplug/datatype.ts'
import { EdgeNodes } from './sparkplug/edge-nodes.ts'
import { type Payload, readPayload } from './sparkplug/payload.ts'
import { readMetrics } from './sparkplug/readings.ts'
import { rebirthRequest } from './sparkplug/rebirth.ts'
import { type Address, commandTopic, readTopic } from './sparkplug/topic.ts'
import { WireError } from './sparkplug/wire.ts'
import { MOST_VALUES_OF_MESSAGE } from './telemetry.ts'

/**
 * Sparkplug B, version 3.0 of the Eclipse specification; also what 2.2 of it sends. An edge node introduces itself
 * (NBIRTH) and the devices behind it (DBIRTH): names, aliases, data types and units, and the values of that moment.
 * What follows (NDATA, DDATA) brings only aliases and values, and cannot be read without the birth, which is kept as
 * the description of its sender. Deaths end it. Why it is done so: docs/decisions/0007-sparkplug.md.
 */
export const sparkplug: Format = {
  needs(topic) {
    const address = readTopic(topic)
    if (!address || !('node' in address)) return []
    return address.sender === address.node ? [address.node] : [address.node, address.sender]
  },

  read(message, context) {
    const address = readTopic(message.topic)
    if (!address) {
      const detail = 'no topic of Sparkplug B: spBv1.0/group/type/edge/device'
      return { drafts: [], faults: [{ reason: 'unknown-topic', field: null, value: message.topic, detail }] }
    }
    // Commands are not for us (our own come back to us here), and the state of host applications is not our business.
    if (!('node' in address)) return IGNORED
    const payload = payloadOf(message)
    if ('reason' in payload) return { drafts: [], faults: [payload] }
    const nodes = context.memory.of(EdgeNodes)
    const arrival = { message, context, payload, nodes, ...address }
    follow(arrival)
    const reading = READERS[address.type](arrival)
    const { receivedAt } = message
    const asked = isLive(arrival) ? nodes.toAsk(receivedAt) : []
    const commands = asked.map((node) => ({ topic: commandTopic(node), payload: rebirthRequest(receivedAt) }))
    return { ...reading, commands }
  },
}

function payloadOf(message: Message): Payload | Fault {
  const refuse = (reason: Fault['reason'], value: unknown, detail: string): Fault => ({
    reason,
    field: null,
    value,
    detail,
  })
  try {
    const payload = readPayload(message.payload, MOST_VALUES_OF_MESSAGE)
    if (payload.uuid === COMPRESSED)
      return refuse('bad-body', payload.uuid, 'a compressed payload: switch compression off')
    if (payload.count <= MOST_VALUES_OF_MESSAGE) return payload
    return refuse('too-large', payload.count, `${payload.count} metrics; at most ${MOST_VALUES_OF_MESSAGE}`)
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return refuse('bad-body', '', `no payload of Sparkplug B: ${error.message}`)
  }
}

/** Eclipse Tahu's own way, outside the specification, of sending a compressed payload within a payload. */
const COMPRESSED = 'SPBV1.0_COMPRESSED'
const IGNORED: Reading = { drafts: [], faults: [] }

type Sent = Extract<Address, { node: VendorName }>
interface Arrival extends Sent {
  message: Message
  context: FormatContext
  payload: Payload
  nodes: EdgeNodes
}

const READERS: Record<Sent['type'], (arrival: Arrival) => Reading> = {
  NBIRTH: readBirth,
  DBIRTH: readBirth,
  NDATA: readData,
  DDATA: readData,
  NDEATH: readNodeDeath,
  DDEATH: readDeviceDeath,
}

/** Published now, by its sender: not kept by a broker (which the specification forbids), nor carried again by us. */
function isLive({ message }: Arrival): boolean {
  return !message.retained && message.retryOf === undefined
}

/** Sequence numbers mean something only where every message is seen once and in order. */
function follow(arrival: Arrival): void {
  const { type, node, payload, message, context, nodes } = arrival
  if (!context.ordered || !isLive(arrival) || message.dup || !nodes.isNew(message)) return
  const seq = typeof payload.seq === 'number' && payload.seq <= 255 ? payload.seq : undefined
  if (type === 'NBIRTH') nodes.born(node.name, seq)
  else if (type !== 'NDEATH') nodes.heard(node.name, seq, message.receivedAt)
}

function readBirth(arrival: Arrival): Reading {
  const { message, context, payload, node, sender } = arrival
  const former = birthOf(arrival, sender)
  const bdSeq = sender === node ? bdSeqOf(payload) : (birthOf(arrival, node)?.bdSeq ?? null)
  const { born, named, faults } = bornMetrics(payload)
  const birth: Birth = { at: notBefore(former, message), online: true, bdSeq, metrics: born }
  const own = context.route.metrics
  const vocabulary = new Vocabulary(born, own)
  const found = readMetrics({ ...payload, metrics: named }, vocabulary, {
    message,
    vendor: sender,
    birth: true,
    own,
  })
  // A retained birth may be of long ago: it is better than none. One that is carried again was kept the first time.
  const kept = message.retryOf === undefined && !(message.retained && former)
  return {
    drafts: [...found.drafts, ...connection(arrival, sender, true)],
    faults: [...faults, ...found.faults],
    descriptions: kept ? [{ vendor: sender, at: birth.at, body: birth }] : [],
    ignored: found.ignored,
  }
}

function readData(arrival: Arrival): Reading {
  const { message, context, node, nodes, payload, sender } = arrival
  const birth = birthOf(arrival, sender)
  const ofNode = birthOf(arrival, node)
  // A device is born anew in each session of its edge node, and may then use other aliases.
  const former = context.ordered && isLive(arrival) && ofNode && birth && birth.bdSeq !== ofNode.bdSeq
  if (!birth || former) {
    if (isLive(arrival)) nodes.want(node.name)
    const detail = former
      ? `${sender.name} has not been born in the present session of ${node.name}`
      : `no birth of ${sender.name} is known`
    return {
      drafts: [],
      faults: [{ reason: 'no-birth', field: null, value: sender.name, detail, vendor: sender }],
    }
  }
  const own = context.route.metrics
  const found = readMetrics(payload, vocabularyOf(birth, own), { message, vendor: sender, birth: false, own })
  // What is dead does not speak: its birth was lost, or the death was of another session.
  const revived = !birth.online || ofNode?.online === false
  if (isLive(arrival) && (found.unborn || revived)) nodes.want(node.name)
  return found
}

/** Of the edge node and everything behind it. The will of a session that has been replaced meanwhile says nothing. */
function readNodeDeath(arrival: Arrival): Reading {
  const { message, nodes, payload, node } = arrival
  const birth = birthOf(arrival, node)
  const bdSeq = bdSeqOf(payload)
  const ofAnother = birth && birth.bdSeq !== null && bdSeq !== null && birth.bdSeq !== bdSeq
  if (ofAnother || message.retained) return IGNORED
  // Said twice, by the node before it left and by its will: the second time is no news.
  if (isLive(arrival) && birth?.online === false) return IGNORED
  if (isLive(arrival)) nodes.died(node.name)
  return { ...died(arrival, node, birth), drafts: connection(arrival, node, false, true) }
}

function readDeviceDeath(arrival: Arrival): Reading {
  const { message, sender } = arrival
  if (message.retained) return IGNORED
  return { ...died(arrival, sender, birthOf(arrival, sender)), drafts: connection(arrival, sender, false) }
}

function died(arrival: Arrival, vendor: VendorName, birth: Birth | undefined): Reading {
  if (!birth || !isLive(arrival)) return IGNORED
  const dead: Birth = { ...birth, at: notBefore(birth, arrival.message), online: false }
  return { ...IGNORED, descriptions: [{ vendor, at: dead.at, body: dead }] }
}

/** What is said later counts, also after the clock was set back. */
function notBefore(former: Birth | undefined, { receivedAt }: Message): number {
  return Math.max(receivedAt, former?.at ?? 0)
}

/**
 * Births come again when they are asked for, so they are news only where something else is known. The time is that of
 * arrival: a will was written before anybody knew when it would be sent, and times of two clocks have no order.
 */
function connection(
  arrival: Arrival,
  vendor: VendorName,
  online: boolean,
  andBelow = false,
): VendorConnection[] {
  const { message, node } = arrival
  if (message.retained) return []
  // Carried again after days: only what is still so.
  const dead = [birthOf(arrival, vendor), birthOf(arrival, node)].some((birth) => birth?.online === false)
  if (message.retryOf !== undefined && dead === online) return []
  const draft: VendorConnection = {
    kind: 'connection',
    message,
    vendor,
    path: '',
    at: message.receivedAt,
    online,
    unlessKnown: true,
  }
  return [andBelow ? { ...draft, andBelow } : draft]
}

/** The metric that numbers the sessions of an edge node. */
const BD_SEQ = 'bdSeq'

function bdSeqOf({ metrics }: Payload): number | null {
  const metric = metrics.find(({ name }) => name === BD_SEQ)
  const converted = metric?.value && convert(metric.value, metric.datatype ?? DATATYPE.UInt64)
  return converted && 'value' in converted ? Number(converted.value) : null
}

/** Descriptions come from the database too, where another version of this program may have written them. */
const read = new WeakMap<object, Birth | undefined>()

function birthOf({ context }: Arrival, vendor: VendorName): Birth | undefined {
  const body = context.description(vendor)
  if (typeof body !== 'object' || body === null) return undefined
  if (!read.has(body)) read.set(body, Birth.safeParse(body).data)
  return read.get(body)
}

const vocabularies = new WeakMap<Birth, { own: Route['metrics']; vocabulary: Vocabulary }>()

function vocabularyOf(birth: Birth, own: Route['metrics']): Vocabulary {
  const known = vocabularies.get(birth)
  if (known?.own === own) return known.vocabulary
  const vocabulary = new Vocabulary(birth.metrics, own)
  vocabularies.set(birth, { own, vocabulary })
  return vocabulary
}
