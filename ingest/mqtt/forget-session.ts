import { type BrokerAddress, openConnection, type ProtocolVersion } from './connection.ts'

/** Ends a session at the broker and whatever is kept for it: a clean connection takes its place, and goes. */
export async function forgetSession(
  address: BrokerAddress,
  clientId: string,
  version: ProtocolVersion,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    openConnection(
      {
        ...address,
        clientId,
        version,
        clean: true,
        receiveMaximum: 1,
        keepAliveSeconds: 30,
        sessionExpirySeconds: 0,
      },
      { onPacket: () => {}, onClosed: () => resolve() },
    ).then((connection) => connection.end('session ended'), reject)
  })
}
