import net from 'node:net'
import { Transform } from 'node:stream'

export interface TcpProxy {
  port: number
  /** Breaks all connections and refuses new ones. */
  cut(): void
  /** Keeps connections but passes nothing on, as a dead network does; new connections work. */
  freeze(): void
  /** The same, and new connections are taken and lead nowhere. */
  freezeAll(): void
  /** From now on every piece of data takes this much longer, each way, one after the other. */
  slow(ms: number): void
  restore(): Promise<void>
  close(): Promise<void>
}

/** Stands before a server, so that a test can take the server away and give it back. */
export async function startProxy(targetUrl: string): Promise<TcpProxy> {
  const target = new URL(targetUrl)
  let lateMs = 0
  let frozen = false
  const late = () =>
    new Transform({
      transform: (chunk, _encoding, done) => {
        if (lateMs === 0) done(null, chunk)
        else setTimeout(() => done(null, chunk), lateMs)
      },
    })
  const pairs = new Set<[net.Socket, net.Socket]>()
  const accept = (near: net.Socket) => {
    const far = net.connect(Number(target.port), target.hostname)
    const pair: [net.Socket, net.Socket] = [near, far]
    pairs.add(pair)
    const end = () => {
      near.destroy()
      far.destroy()
      pairs.delete(pair)
    }
    for (const socket of pair) socket.on('error', end).on('close', end)
    if (frozen) return
    for (const [from, to] of [[near, far] as const, [far, near] as const]) from.pipe(late()).pipe(to)
  }
  let server = net.createServer(accept)
  const listen = (port: number) =>
    new Promise<void>((resolve) => {
      server = net.createServer(accept).listen(port, '127.0.0.1', resolve)
    })
  await listen(0)
  const { port } = server.address() as net.AddressInfo
  const breakAll = () => {
    for (const [near] of pairs) near.destroy()
  }
  const freeze = () => {
    for (const [near, far] of pairs) {
      near.unpipe()
      far.unpipe()
    }
  }
  return {
    port,
    cut: () => {
      server.close()
      breakAll()
    },
    freeze,
    freezeAll: () => {
      frozen = true
      freeze()
    },
    slow: (ms) => {
      lateMs = ms
    },
    restore: () => {
      frozen = false
      return listen(port)
    },
    close: () =>
      new Promise((resolve) => {
        breakAll()
        if (server.listening) server.close(() => resolve())
        else resolve()
      }),
  }
}
