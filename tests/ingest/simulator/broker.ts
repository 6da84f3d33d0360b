import net from 'node:net'
import { Aedes } from 'aedes'

export interface Received {
  topic: string
  payload: string
  retain: boolean
}

export interface TestBroker {
  url: string
  received: Received[]
  /** Messages that came and are not acknowledged yet: how many at most there ever were. */
  mostUnacknowledged(): number
  /** While true, messages come in and are not acknowledged. */
  hold(yes: boolean): void
  /** Cuts all connections at once. */
  cut(): void
  close(): Promise<void>
}

/** A real MQTT broker on a free port, which keeps what it got. */
export async function startBroker(): Promise<TestBroker> {
  const aedes = await Aedes.createBroker()
  const received: Received[] = []
  const held: (() => void)[] = []
  const sockets = new Set<net.Socket>()
  let holding = false
  let most = 0
  aedes.authorizePublish = (_client, packet, done) => {
    const { topic, payload, retain } = packet
    received.push({ topic, payload: payload.toString(), retain })
    const answer = () => done(null)
    held.push(answer)
    most = Math.max(most, held.length)
    if (!holding) setImmediate(release)
  }
  const release = () => {
    for (const answer of held.splice(0)) answer()
  }
  const server = net.createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    aedes.handle(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  return {
    url: `mqtt://127.0.0.1:${port}`,
    received,
    mostUnacknowledged: () => most,
    hold: (yes) => {
      holding = yes
      if (!yes) release()
    },
    cut: () => {
      // What was held for these connections can no longer be answered.
      held.splice(0)
      for (const socket of sockets) socket.destroy()
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      await new Promise<void>((resolve) => aedes.close(() => resolve()))
    },
  }
}

/** Waits until something holds, looking often. @throws Error after `patienceMs`. */
export async function until(condition: () => boolean, patienceMs = 20_000): Promise<void> {
  const end = Date.now() + patienceMs
  while (!condition()) {
    if (Date.now() > end) throw new Error(`not within ${patienceMs} ms: ${condition}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
