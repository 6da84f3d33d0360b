import type { Message } from '../../message.ts'
import type { VendorConnection, VendorName } from '../../vendor.ts'
import type { Reading } from '../format.ts'
import { type Arrival, bdSeqOf, birthOf, isLive, vocabularyOf } from './arrival.ts'
import { type Birth, bornMetrics, Vocabulary } from './birth.ts'
import { readMetrics } from './readings.ts'

/** Understood, and nothing in it is to be kept. */
export const IGNORED: Reading = { drafts: [], faults: [] }

export function readBirth(arrival: Arrival): Reading {
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

export function readData(arrival: Arrival): Reading {
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
export function readNodeDeath(arrival: Arrival): Reading {
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

export function readDeviceDeath(arrival: Arrival): Reading {
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
