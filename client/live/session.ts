import type { Socket } from 'socket.io-client'
import { z } from 'zod'
import {
  type ClientToServer,
  LiveSnapshot,
  liveEvents,
  type ServerToClient,
  type WatchRequest,
} from '../../shared/contract/live.ts'
import { reconnectDelay } from './backoff.ts'
import { linkState } from './link.ts'
import type { LiveStore } from './store.ts'

export type LiveSocket = Socket<ServerToClient, ClientToServer>

const WatchReplyBody = z.union([
  z.object({ ok: z.literal(true), snapshot: LiveSnapshot }),
  z.object({ ok: z.literal(false), code: z.string(), message: z.string() }),
])

const ANSWER_WITHIN_MS = 8_000
const LOOK_EVERY_MS = 1_000

export interface LiveSessionParts {
  socket: LiveSocket
  store: LiveStore
  request: WatchRequest
  /** This machine's clock, in milliseconds. */
  now: () => number
  /** From 0 up to 1, for the spread of reconnections. */
  random: () => number
}

/**
 * Keeps one socket on one area for as long as the page lives: connects, asks for a snapshot, applies patches and
 * beats, asks again after a gap, and after any loss tries again without end. The socket's own reconnection is
 * off, because it neither spreads its first attempts nor notices that a half-open connection is silent.
 */
export class LiveSession {
  readonly #parts: LiveSessionParts
  #attempt = 0
  #retry: ReturnType<typeof setTimeout> | undefined
  #look: ReturnType<typeof setInterval> | undefined
  /** Numbers the snapshots asked for; an answer to an older question is not the newest state. */
  #question = 0
  #asking = false

  constructor(parts: LiveSessionParts) {
    this.#parts = parts
  }

  start(): void {
    const { socket, store } = this.#parts
    store.open()
    socket.on('connect', this.#onConnect)
    socket.on('disconnect', this.#onLoss)
    socket.on('connect_error', this.#onLoss)
    socket.on('patch', this.#onPatch)
    socket.on('beat', this.#onBeat)
    window.addEventListener('online', this.#onWake)
    document.addEventListener('visibilitychange', this.#onWake)
    this.#look = setInterval(this.#leaveSilentSocket, LOOK_EVERY_MS)
    socket.connect()
  }

  stop(): void {
    const { socket } = this.#parts
    clearInterval(this.#look)
    clearTimeout(this.#retry)
    window.removeEventListener('online', this.#onWake)
    document.removeEventListener('visibilitychange', this.#onWake)
    socket.off()
    socket.disconnect()
  }

  readonly #onConnect = (): void => {
    clearTimeout(this.#retry)
    this.#retry = undefined
    void this.#askSnapshot()
  }

  readonly #onLoss = (): void => {
    this.#asking = false
    this.#question++
    this.#tryLater(() => this.#parts.socket.connect())
  }

  readonly #onWake = (): void => {
    if (document.visibilityState === 'hidden' || this.#parts.socket.connected) return
    clearTimeout(this.#retry)
    this.#retry = undefined
    this.#parts.socket.connect()
  }

  readonly #onPatch = (body: unknown): void => {
    const patch = liveEvents.patch.safeParse(body)
    // Not even readable: what it changed is unknown, so it counts as lost.
    if (!patch.success || this.#parts.store.takePatch(patch.data) === 'gap') void this.#askSnapshot()
  }

  readonly #onBeat = (body: unknown): void => {
    const beat = liveEvents.beat.safeParse(body)
    if (!beat.success || this.#parts.store.takeBeat(beat.data) === 'gap') void this.#askSnapshot()
  }

  /** A connection that says nothing for ten seconds is dead, though the socket may not know it for 45. */
  readonly #leaveSilentSocket = (): void => {
    const { socket, store, now } = this.#parts
    const contact = store.contact()
    if (!socket.connected || contact === undefined || this.#retry !== undefined || this.#asking) return
    if (linkState(contact, now()).kind === 'lost') socket.disconnect()
  }

  async #askSnapshot(): Promise<void> {
    const { socket, store, request } = this.#parts
    if (this.#asking || !socket.connected) return
    this.#asking = true
    const question = ++this.#question
    try {
      const body: unknown = await socket.timeout(ANSWER_WITHIN_MS).emitWithAck('watch', request)
      if (question !== this.#question) return
      const reply = WatchReplyBody.parse(body)
      if (!reply.ok) throw new Error(reply.code)
      store.takeSnapshot(reply.snapshot)
      this.#attempt = 0
      this.#asking = false
    } catch {
      if (question !== this.#question) return
      // Whatever went wrong, the way out is the same: wait a while, ask again.
      this.#asking = false
      this.#tryLater(() => (socket.connected ? void this.#askSnapshot() : void socket.connect()))
    }
  }

  #tryLater(run: () => void): void {
    if (this.#retry !== undefined) return
    this.#retry = setTimeout(
      () => {
        this.#retry = undefined
        run()
      },
      reconnectDelay(this.#attempt++, this.#parts.random()),
    )
  }
}
