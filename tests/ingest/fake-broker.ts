import net from 'node:net'
import { generate, type IConnectPacket, type Packet, parser, writeToStream } from 'mqtt-packet'

export interface FakeBroker {
  url: string
  connects: IConnectPacket[]
  /** Packets of the client, newest last, without CONNECT. */
  received: Packet[]
  send(packet: Packet): void
  dropClient(): void
  close(): Promise<void>
}

export interface FakeBrokerOptions {
  /** Answers a CONNECT; undefined: the connection is closed without an answer. */
  connack?(packet: IConnectPacket, attempt: number): Packet | undefined
  /** Sent in one piece with the CONNACK. */
  behindConnack?: Packet[]
  /** Codes of a SUBACK for the filters asked for. */
  grant?(filters: string[]): number[]
}

/** The outer edge, played by hand: speaks MQTT on a real socket and shows what the client writes, in order. */
export async function startFakeBroker(options: FakeBrokerOptions = {}): Promise<FakeBroker> {
  const connects: IConnectPacket[] = []
  const received: Packet[] = []
  let current: { socket: net.Socket; version: 3 | 4 | 5 } | undefined
  const server = net.createServer((socket) => {
    const reader = parser()
    socket.on('error', () => {})
    socket.on('data', (chunk) => reader.parse(chunk))
    reader.on('packet', (packet) => {
      if (packet.cmd !== 'connect') {
        received.push(packet)
        if (packet.cmd === 'subscribe') {
          const filters = packet.subscriptions.map((one) => one.topic)
          const granted = options.grant?.(filters) ?? packet.subscriptions.map((one) => one.qos)
          send({ cmd: 'suback', messageId: packet.messageId!, granted })
        }
        if (packet.cmd === 'unsubscribe') {
          const granted = packet.unsubscriptions.map(() => 0)
          send({ cmd: 'unsuback', messageId: packet.messageId!, granted })
        }
        return
      }
      connects.push(packet)
      const version = packet.protocolVersion ?? 4
      current = { socket, version }
      const connack: Packet = {
        cmd: 'connack',
        sessionPresent: false,
        ...(version === 5 ? { reasonCode: 0 } : { returnCode: 0 }),
      }
      const answer = options.connack ? options.connack(packet, connects.length) : connack
      if (!answer) {
        socket.destroy()
        return
      }
      // A return code is the answer of MQTT 3.1.1, whatever was asked for.
      const spoken = 'returnCode' in answer ? 4 : version
      const packets = [answer, ...(options.behindConnack ?? [])]
      socket.write(Buffer.concat(packets.map((one) => generate(one, { protocolVersion: spoken }))))
    })
  })
  const send = (packet: Packet) => {
    if (current) writeToStream(packet, current.socket, { protocolVersion: current.version })
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `mqtt://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    connects,
    received,
    send,
    dropClient: () => current?.socket.destroy(),
    close: () =>
      new Promise((resolve) => {
        current?.socket.destroy()
        server.close(() => resolve())
      }),
  }
}
