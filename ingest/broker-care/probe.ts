import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import {
  type BrokerAddress,
  type ConnectionHandlers,
  openConnection,
  type ProtocolVersion,
} from '../mqtt/connection.ts'
import { forgetSession } from '../mqtt/forget-session.ts'
import { probeTopic } from '../mqtt/probe-topic.ts'
import { ConnectionEnded, ProbePublisher, ProbeSubscriber } from './probe-clients.ts'

export interface ProbeOptions {
  address: BrokerAddress
  /** MQTT_CLIENT_ID: the probe's connections carry it in their names, for an operator who looks at the broker. */
  owner: string
  version: ProtocolVersion
  /** As the sessions of messages ask for it. */
  receiveMaximum: number
}

export type ProbeResult =
  /** What is published to the probe's topic does not come back: no rights there. */
  | { outcome: 'refused' }
  /** The session was gone when the probe came back a moment later. */
  | { outcome: 'forgotten' }
  | {
      outcome: 'measured'
      sent: number
      /** Messages that came when the session was connected again. */
      kept: number
      /** Messages that came before any of them was acknowledged. */
      window: number
    }

/** More than the thousand that brokers keep by default (Mosquitto, EMQX and VerneMQ alike). */
export const PROBE_MESSAGES = 1_200
/** A broker that has still something to send does not keep silent for so long. */
const SILENCE_MS = 3_000
const ECHO_MS = 5_000
const MOST_MS = 40_000
/** For a broker to take note of an ended connection before messages come for it. */
const SETTLE_MS = 200
/** Should this program die meanwhile: the broker then ends the session by itself (MQTT 5). */
const EXPIRY_SECONDS = 120

/**
 * Measures what a broker does for a session that is away: a throw-away session subscribes to a topic of its own and
 * leaves; small messages are published there; it comes back and counts. What a configuration says is not asked.
 * Rejects when the broker cannot be reached or does not answer in time.
 */
export async function probe(options: ProbeOptions): Promise<ProbeResult> {
  const id = randomBytes(6).toString('hex')
  const topic = probeTopic(id)
  const clientId = `${options.owner}-probe-${id}`
  const patience = AbortSignal.timeout(MOST_MS)
  const open = (name: string, expirySeconds: number, handlers: ConnectionHandlers) =>
    openConnection(
      {
        ...options.address,
        clientId: name,
        version: options.version,
        clean: expirySeconds === 0,
        receiveMaximum: options.receiveMaximum,
        keepAliveSeconds: 30,
        sessionExpirySeconds: expirySeconds,
      },
      handlers,
    )
  const publisher = new ProbePublisher(topic, patience)
  const away = new ProbeSubscriber(patience)
  const back = new ProbeSubscriber(patience)
  try {
    await open(`${clientId}-p`, 0, publisher.handlers)
    await open(clientId, EXPIRY_SECONDS, away.handlers)
    if (!(await echoes(publisher, away, topic))) return { outcome: 'refused' }
    await away.end()
    await delay(SETTLE_MS)
    await publisher.publish(PROBE_MESSAGES)
    const { sessionPresent } = await open(clientId, EXPIRY_SECONDS, back.handlers)
    if (!sessionPresent) return { outcome: 'forgotten' }
    const window = await back.receive(Math.min(PROBE_MESSAGES, options.receiveMaximum), SILENCE_MS)
    back.acknowledge()
    const kept = await back.receive(PROBE_MESSAGES, SILENCE_MS)
    return { outcome: 'measured', sent: PROBE_MESSAGES, kept, window }
  } finally {
    await Promise.all([publisher.end(), away.end(), back.end()])
    await forgetSession(options.address, clientId, options.version).catch(() => {})
  }
}

/** Whether a message comes back at all; some brokers answer a lack of rights by ending the connection. */
async function echoes(
  publisher: ProbePublisher,
  subscriber: ProbeSubscriber,
  topic: string,
): Promise<boolean> {
  try {
    if (!(await subscriber.subscribe(topic))) return false
    subscriber.acknowledge()
    await publisher.publish(1)
    return (await subscriber.receive(1, ECHO_MS)) === 1
  } catch (error) {
    if (error instanceof ConnectionEnded) return false
    throw error
  }
}
