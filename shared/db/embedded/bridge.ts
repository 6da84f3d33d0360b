import net from 'node:net'
import { readyStatus, takeStartup, takeTurn } from './framing.ts'
import { fatal, greeting } from './greeting.ts'

/**
 * The Postgres wire protocol in front of a database that has a single session.
 *
 * Many clients share that session by taking turns. A client takes the lock with its first message and keeps it
 * until ReadyForQuery says idle, so that nobody else's statement lands inside its transaction. A client that
 * goes away, or sits in a transaction without a word, has its transaction rolled back and loses the lock.
 */
export interface SingleSession {
  /** Hands whole messages to the database and returns its whole answer. */
  exchange(messages: Uint8Array): Promise<Uint8Array>
}

export interface BridgeOptions {
  session: SingleSession
  /** A client may hold an open transaction this long without sending anything. */
  idleInTransactionMs: number
  onFault(error: Error): void
}

export interface Bridge {
  listen(port: number, host: string): Promise<number>
  close(): Promise<void>
  clients(): number
}

const ROLLBACK = simpleQuery('rollback')

export function createBridge(options: BridgeOptions): Bridge {
  const lock = createTurnLock()
  const sockets = new Set<net.Socket>()
  const server = net.createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    serve(socket, options, lock)
      .catch(options.onFault)
      .finally(() => {
        sockets.delete(socket)
        socket.destroySoon()
      })
  })
  return {
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, host, () => resolve((server.address() as net.AddressInfo).port))
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.end(fatal('57P01', 'the embedded database is stopping'))
        setTimeout(() => {
          for (const socket of sockets) socket.destroy()
        }, 500).unref()
      }),
    clients: () => sockets.size,
  }
}

async function serve(socket: net.Socket, options: BridgeOptions, lock: TurnLock): Promise<void> {
  let buffer: Buffer = Buffer.alloc(0)
  let started = false
  let release: (() => void) | undefined
  socket.on('error', () => socket.destroy())
  try {
    for (;;) {
      const taken = started ? takeTurn(buffer) : undefined
      if (taken) {
        buffer = taken.rest
        if (taken.turn.bytes.length > 0) {
          release ??= await lock.acquire()
          const answer = await options.session.exchange(taken.turn.bytes)
          if (readyStatus(answer) === 'I') {
            release()
            release = undefined
          }
          socket.write(answer)
        }
        if (taken.turn.terminate) return
        continue
      }
      const startup = started ? undefined : takeStartup(buffer)
      if (startup) {
        buffer = startup.rest
        if (startup.request.kind === 'encryption') socket.write('N')
        else if (startup.request.kind === 'startup') {
          started = true
          socket.write(greeting(process.pid))
        } else {
          if (startup.request.kind === 'unknown')
            socket.write(fatal('08P01', 'not the Postgres protocol, version 3'))
          return
        }
        continue
      }
      const chunk = await nextChunk(socket, release ? options.idleInTransactionMs : 0)
      if (chunk === 'ended') return
      if (chunk === 'silent') {
        socket.write(
          fatal(
            '25P03',
            `a transaction was left open for ${options.idleInTransactionMs} ms; it is rolled back`,
          ),
        )
        return
      }
      buffer = buffer.length === 0 ? chunk : Buffer.concat([buffer, chunk])
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    socket.write(fatal('08P01', `broken message: ${error.message}`))
  } finally {
    if (release) {
      await options.session.exchange(ROLLBACK).catch(options.onFault)
      release()
    }
  }
}

/** The next bytes of a socket, its end, or (with a limit) silence. */
function nextChunk(socket: net.Socket, limitMs: number): Promise<Buffer | 'ended' | 'silent'> {
  const ready = socket.read() as Buffer | null
  if (ready) return Promise.resolve(ready)
  if (socket.readableEnded || socket.destroyed) return Promise.resolve('ended')
  return new Promise((resolve) => {
    const timer = limitMs > 0 ? setTimeout(() => settle('silent'), limitMs) : undefined
    const settle = (outcome: Buffer | 'ended' | 'silent') => {
      clearTimeout(timer)
      socket.off('readable', onReadable).off('end', onEnd).off('close', onEnd)
      resolve(outcome)
    }
    const onEnd = () => settle('ended')
    const onReadable = () => {
      const chunk = socket.read() as Buffer | null
      if (chunk) settle(chunk)
    }
    socket.on('readable', onReadable).on('end', onEnd).on('close', onEnd)
  })
}

interface TurnLock {
  acquire(): Promise<() => void>
}

/** First come, first served. */
function createTurnLock(): TurnLock {
  let tail = Promise.resolve()
  return {
    acquire() {
      let release = () => {}
      const held = new Promise<void>((resolve) => {
        release = resolve
      })
      const before = tail
      tail = before.then(() => held)
      return before.then(() => release)
    },
  }
}

function simpleQuery(sql: string): Buffer {
  const text = Buffer.from(`${sql}\0`)
  const head = Buffer.alloc(5)
  head.write('Q', 0, 'latin1')
  head.writeInt32BE(text.length + 4, 1)
  return Buffer.concat([head, text])
}
