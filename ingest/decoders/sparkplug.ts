import type { Message } from '../message.ts'
import type { Fault } from './decoder.ts'
import type { Format, Reading } from './format.ts'
import { type Arrival, isLive, type Sent } from './sparkplug/arrival.ts'
import { EdgeNodes } from './sparkplug/edge-nodes.ts'
import { IGNORED, readBirth, readData, readDeviceDeath, readNodeDeath } from './sparkplug/messages.ts'
import { type Payload, readPayload } from './sparkplug/payload.ts'
import { rebirthRequest } from './sparkplug/rebirth.ts'
import { commandTopic, readTopic } from './sparkplug/topic.ts'
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

const READERS: Record<Sent['type'], (arrival: Arrival) => Reading> = {
  NBIRTH: readBirth,
  DBIRTH: readBirth,
  NDATA: readData,
  DDATA: readData,
  NDEATH: readNodeDeath,
  DDEATH: readDeviceDeath,
}

/** Sequence numbers mean something only where every message is seen once and in order. */
function follow(arrival: Arrival): void {
  const { type, node, payload, message, context, nodes } = arrival
  if (!context.ordered || !isLive(arrival) || message.dup || !nodes.isNew(message)) return
  const seq = typeof payload.seq === 'number' && payload.seq <= 255 ? payload.seq : undefined
  if (type === 'NBIRTH') nodes.born(node.name, seq)
  else if (type !== 'NDEATH') nodes.heard(node.name, seq, message.receivedAt)
}
