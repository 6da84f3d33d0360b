import type { Server as HttpServer } from 'node:http'
import type { Duplex } from 'node:stream'
import { type DefaultEventsMap, Server, type Socket } from 'socket.io'
import {
  type ClientToServer,
  LIVE_PATH,
  type ServerToClient,
  type WatchReply,
  WatchRequest,
} from '../../shared/contract/live.ts'
import { coerceError } from '../../shared/node/errors.ts'
import { type FeedParts, LiveFeed } from './feed.ts'

/** A watch request is under 100 bytes; nothing larger is expected from a client. */
const LARGEST_MESSAGE_BYTES = 8 * 1024

/** Packets waiting for a socket, about four seconds of patches, beyond which it gets no more until it has caught up. */
const LARGEST_BACKLOG = 16

/** How long the first watcher of a room waits for the events of the past; later they come as a patch. */
const EVENTS_PATIENCE_MS = 1_000

/** How long open links have to close politely when the server stops. */
const CLOSE_PATIENCE_MS = 500

interface SocketState {
  /** Key of the room watched. */
  watching: string | undefined
  /** Number of the newest watch request, so that a slower, older one does not win. */
  asked: number
  /** Packets written to the socket that its link has not taken yet. */
  backlog: number
}
type LiveServer = Server<ClientToServer, ServerToClient, DefaultEventsMap, SocketState>
type LiveSocket = Socket<ClientToServer, ServerToClient, DefaultEventsMap, SocketState>

export interface LiveParts extends FeedParts {
  /** Counts what is sent, and what is kept from sockets that cannot take it. */
  meters: { sent(): void; skipped(sockets: number): void }
}

/** The live link: socket.io on the server's own port, one room an area. */
export class Live {
  readonly #parts: LiveParts
  readonly #server: LiveServer
  readonly #feed: LiveFeed
  readonly #links = new Set<Duplex>()

  constructor(parts: LiveParts) {
    this.#parts = parts
    this.#server = new Server({
      path: LIVE_PATH,
      serveClient: false,
      transports: ['websocket', 'polling'],
      perMessageDeflate: false,
      maxHttpBufferSize: LARGEST_MESSAGE_BYTES,
      pingInterval: 10_000,
      pingTimeout: 10_000,
    })
    this.#feed = new LiveFeed(parts, {
      patch: (key, patch) => {
        this.#toThoseWhoCanTakeIt(key).emit('patch', patch)
        parts.meters.sent()
      },
      beat: (key, beat) => void this.#toThoseWhoCanTakeIt(key).emit('beat', beat),
      isWatched: (key) => (this.#server.sockets.adapter.rooms.get(key)?.size ?? 0) > 0,
    })
  }

  /** Sockets connected now. */
  get sockets(): number {
    return this.#server.sockets.sockets.size
  }

  start(http: HttpServer): void {
    http.on('upgrade', (_request, link: Duplex) => {
      this.#links.add(link)
      link.on('close', () => this.#links.delete(link))
    })
    this.#server.attach(http)
    this.#server.on('connection', (socket) => {
      socket.data.asked = 0
      trackBacklog(socket)
      socket.on('watch', (request, reply) => void this.#onWatch(socket, request, reply))
    })
    this.#feed.start()
  }

  /**
   * Closes every link without a word, so that clients take it for a lost link and come back by themselves.
   * A link whose other end has gone silent is cut.
   */
  async stop(): Promise<void> {
    this.#feed.stop()
    this.#server.engine.close()
    const until = Date.now() + CLOSE_PATIENCE_MS
    while (this.#links.size > 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20))
    for (const link of this.#links) link.destroy()
  }

  /** The payload is whatever the other end sent: it is checked before anything else. */
  async #onWatch(socket: LiveSocket, request: unknown, reply: unknown): Promise<void> {
    if (typeof reply !== 'function') return
    const answer = reply as (answer: WatchReply) => void
    try {
      answer(await this.#watch(socket, request))
    } catch (thrown) {
      this.#parts.log.error({ error: coerceError(thrown).stack }, 'a watch request failed')
      answer({ ok: false, code: 'internal', message: 'Something failed inside; the log has the details.' })
    }
  }

  async #watch(socket: LiveSocket, request: unknown): Promise<WatchReply> {
    const parsed = WatchRequest.safeParse(request)
    if (!parsed.success) {
      const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
      return { ok: false, code: 'bad-request', message: `Not a watch request: ${problems.join('; ')}.` }
    }
    const { tree, area } = parsed.data
    socket.data.asked += 1
    const mine = socket.data.asked
    const first = this.#feed.open(tree, area)
    if (!first)
      return { ok: false, code: 'not-found', message: `There is no area ${area} in the tree ${tree}.` }
    await Promise.race([
      first.eventsLoaded,
      new Promise((resolve) => setTimeout(resolve, EVENTS_PATIENCE_MS)),
    ])
    if (socket.data.asked !== mine || !socket.connected) {
      return { ok: false, code: 'superseded', message: 'A newer watch request took the place of this one.' }
    }
    // From here to the answer nothing else runs, so the next patch this socket gets follows its snapshot. The room
    // is asked for again because it may have been made anew meanwhile.
    const open = this.#feed.open(tree, area) ?? first
    if (socket.data.watching !== undefined) void socket.leave(socket.data.watching)
    void socket.join(open.key)
    socket.data.watching = open.key
    return { ok: true, snapshot: open.room.snapshot(this.#parts.system.current()) }
  }

  /** A socket left out finds a gap in the numbers once it has caught up, and asks for a snapshot. */
  #toThoseWhoCanTakeIt(key: string) {
    const slow = [...(this.#server.sockets.adapter.rooms.get(key) ?? [])].filter(
      (id) => (this.#server.sockets.sockets.get(id)?.data.backlog ?? 0) > LARGEST_BACKLOG,
    )
    if (slow.length > 0) this.#parts.meters.skipped(slow.length)
    return this.#server.to(key).except(slow)
  }
}

/** The link says when it gets a packet, and when it hands all it has to the system, which it does once the last lot is out. */
function trackBacklog(socket: LiveSocket): void {
  socket.data.backlog = 0
  socket.conn.on('packetCreate', () => {
    socket.data.backlog += 1
  })
  socket.conn.on('flush', () => {
    socket.data.backlog = 0
  })
}
