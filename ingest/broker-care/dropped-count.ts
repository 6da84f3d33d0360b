import { randomBytes } from 'node:crypto'
import {
  type BrokerAddress,
  type Connection,
  openConnection,
  type ProtocolVersion,
} from '../mqtt/connection.ts'

/** Messages that the broker had no room for since it started, retained and renewed by it (Mosquitto: every 10 s). */
const TOPIC = '$SYS/broker/publish/messages/dropped'
const PATIENCE_MS = 5_000

/**
 * Asks the broker how many messages it has dropped. Undefined: it does not tell, or not us. Rejects when it cannot
 * be reached.
 */
export async function readDroppedCount(
  address: BrokerAddress,
  owner: string,
  version: ProtocolVersion,
): Promise<number | undefined> {
  let connection: Connection | undefined
  try {
    return await new Promise<number | undefined>((resolve, reject) => {
      const patience = setTimeout(() => resolve(undefined), PATIENCE_MS)
      openConnection(
        {
          ...address,
          clientId: `${owner}-watch-${randomBytes(6).toString('hex')}`,
          version,
          clean: true,
          receiveMaximum: 10,
          keepAliveSeconds: 30,
          sessionExpirySeconds: 0,
        },
        {
          onOpened: (opened) => {
            connection = opened
            opened.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: TOPIC, qos: 0 }] })
          },
          onPacket: (packet) => {
            if (packet.cmd !== 'publish' || packet.topic !== TOPIC) return
            clearTimeout(patience)
            resolve(countOf(packet.payload.toString()))
          },
          onClosed: () => resolve(undefined),
        },
      ).catch(reject)
    })
  } finally {
    connection?.end('asked')
  }
}

function countOf(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined
}
