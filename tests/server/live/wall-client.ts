import { io, type Socket } from 'socket.io-client'
import type { AreaTree } from '../../../shared/contract/area.ts'
import {
  type ClientToServer,
  LIVE_PATH,
  LiveBeat,
  LivePatch,
  LiveSnapshot,
  type ServerToClient,
  type WatchReply,
} from '../../../shared/contract/live.ts'
import { applyBeat, applyPatch, fromSnapshot, type LiveScreen } from '../../../shared/domain/live-screen.ts'

/** A wall without the pictures: keeps its screen by the rules of the live link, over a real socket. */
export class WallClient {
  readonly socket: Socket<ServerToClient, ClientToServer>
  screen: LiveScreen | undefined
  patches: LivePatch[] = []
  beats: LiveBeat[] = []
  snapshots = 0
  #watching: { tree: AreaTree; area: string } | undefined
  #asking: Promise<void> | undefined

  constructor(url: string, transports: ('websocket' | 'polling')[] = ['websocket']) {
    this.socket = io(url, {
      path: LIVE_PATH,
      transports,
      forceNew: true,
      reconnectionDelay: 50,
      reconnectionDelayMax: 200,
    })
    this.socket.on('patch', (patch) => {
      this.patches.push(LivePatch.parse(patch))
      this.#see((screen) => applyPatch(screen, patch))
    })
    this.socket.on('beat', (beat) => {
      this.beats.push(LiveBeat.parse(beat))
      this.#see((screen) => applyBeat(screen, beat))
    })
    this.socket.on('connect', () => void this.#ask())
  }

  async watch(area: string, tree: AreaTree = 'former-district'): Promise<LiveScreen> {
    this.#watching = { tree, area }
    if (!this.socket.connected) await new Promise<void>((resolve) => this.socket.once('connect', resolve))
    await this.#ask()
    if (!this.screen) throw new Error('no snapshot came')
    return this.screen
  }

  /** Sends anything at all as a watch request. */
  async send(request: unknown): Promise<WatchReply> {
    const emit = this.socket.timeout(3_000).emitWithAck as (
      event: string,
      request: unknown,
    ) => Promise<WatchReply>
    return emit.call(this.socket.timeout(3_000), 'watch', request)
  }

  close(): void {
    this.socket.close()
  }

  #see(apply: (screen: LiveScreen) => LiveScreen | 'gap'): void {
    if (!this.screen) return
    const next = apply(this.screen)
    if (next === 'gap') void this.#ask()
    else this.screen = next
  }

  /** Asks for a snapshot, once at a time. */
  #ask(): Promise<void> {
    this.#asking ??= this.#request().finally(() => {
      this.#asking = undefined
    })
    return this.#asking
  }

  /** The answer is taken in its callback, at once: the patch that follows it may be in the same packet. */
  #request(): Promise<void> {
    const watching = this.#watching
    if (!watching) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.socket.timeout(3_000).emit('watch', watching, (lost: Error | null, reply: WatchReply) => {
        // When the link broke while asking, the next connection asks again.
        if (lost) return this.socket.connected ? reject(lost) : resolve()
        if (!reply.ok) return reject(new Error(`${reply.code}: ${reply.message}`))
        this.screen = fromSnapshot(LiveSnapshot.parse(reply.snapshot))
        this.snapshots += 1
        resolve()
      })
    })
  }
}
