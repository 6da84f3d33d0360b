import fastifyStatic from '@fastify/static'
import fastify, { type FastifyInstance } from 'fastify'
import { Server } from 'socket.io'
import type { IocEvent } from '../../shared/contract/event.ts'
import { routes } from '../../shared/contract/http.ts'
import type { AreaIndicators, IndicatorValue, Period } from '../../shared/contract/indicator.ts'
import {
  BEAT_MS,
  type ClientToServer,
  LIVE_PATH,
  type LiveSnapshot,
  type ServerToClient,
  type SystemState,
} from '../../shared/contract/live.ts'
import { screenKey } from '../../shared/domain/live-screen.ts'
import {
  areas,
  courseOf,
  definitions,
  emptyValues,
  events,
  morningValues,
  SHOWN_AT,
} from './wall-province.ts'

type Io = Server<ClientToServer, ServerToClient>

export interface WallServerOptions {
  /** Folder of the built client. */
  folder: string
  /** empty: a school day on which nothing has arrived yet. */
  data?: 'morning' | 'empty'
}

/** A real server that speaks the contract, whose data the test moves by hand. */
export class WallServer {
  readonly #options: WallServerOptions
  readonly #openedAt = Date.now()
  readonly #values = new Map<string, Map<string, IndicatorValue>>()
  #events: IocEvent[]
  #http: FastifyInstance | undefined
  #io: Io | undefined
  #beat: ReturnType<typeof setInterval> | undefined
  #port = 0
  #stream = 1
  #seq = 100
  /** Snapshots given so far, to know whether a gap was noticed. */
  snapshots = 0
  /** While true the newest data keep the time at which this was set. */
  frozenAt: number | undefined
  /** What of the system state a test wants to be otherwise. */
  system: Partial<SystemState> = {}

  constructor(options: WallServerOptions) {
    this.#options = options
    this.#events = options.data === 'empty' ? [] : [...events]
    for (const { code } of areas) {
      const values = options.data === 'empty' ? emptyValues(code, SHOWN_AT) : morningValues(code, SHOWN_AT)
      this.#values.set(
        code,
        new Map(values.map((value) => [screenKey(value.indicator, value.period), value])),
      )
    }
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** The moment the wall is shown at. */
  shown(): number {
    return SHOWN_AT + (Date.now() - this.#openedAt)
  }

  async start(): Promise<void> {
    const http = fastify()
    await http.register(fastifyStatic, { root: this.#options.folder, wildcard: true })
    for (const page of ['/', '/wall']) http.get(page, (_, reply) => reply.sendFile('index.html'))
    this.#addRoutes(http)
    const io: Io = new Server(http.server, { path: LIVE_PATH })
    io.on('connection', (socket) => {
      socket.on('watch', (_request, reply) => {
        this.snapshots++
        reply({ ok: true, snapshot: this.snapshot() })
      })
    })
    await http.listen({ port: this.#port, host: '127.0.0.1' })
    const address = http.server.address()
    if (address !== null && typeof address === 'object') this.#port = address.port
    this.#http = http
    this.#io = io
    this.#beat = setInterval(() => this.beat(), BEAT_MS)
  }

  /** Ends it as a crash would: no word to anybody. A later start is on the same port, as another stream. */
  async stop(): Promise<void> {
    clearInterval(this.#beat)
    this.#io?.disconnectSockets(true)
    await this.#io?.close()
    await this.#http?.close()
    this.#stream++
    this.#seq = 0
  }

  beat(): void {
    const at = new Date(this.shown()).toISOString()
    this.#io?.emit('beat', { stream: `s${this.#stream}`, seq: this.#seq, at, system: this.systemState() })
  }

  /** Values and events change; `lost`: the patch about it never leaves. */
  change(changed: AreaIndicators[], fresh: IocEvent[] = [], { lost = false } = {}): void {
    for (const { area, values } of changed) {
      const known = this.#values.get(area)
      for (const value of values) known?.set(screenKey(value.indicator, value.period), value)
    }
    this.#events = [...fresh, ...this.#events].slice(0, 30)
    this.#seq++
    if (lost) return
    const patch = { stream: `s${this.#stream}`, seq: this.#seq, area: '40', areas: changed, events: fresh }
    this.#io?.emit('patch', { ...patch, system: this.systemState() })
  }

  value(area: string, indicator: string, period: Period): IndicatorValue {
    const value = this.#values.get(area)?.get(screenKey(indicator, period))
    if (value === undefined) throw new Error(`no ${indicator} of ${area}`)
    return value
  }

  snapshot(): LiveSnapshot {
    return {
      stream: `s${this.#stream}`,
      seq: this.#seq,
      tree: 'former-district',
      area: '40',
      areas: [...this.#values].map(([area, values]) => ({ area, values: [...values.values()] })),
      events: this.#events,
      system: this.systemState(),
    }
  }

  systemState(): SystemState {
    const empty = this.#options.data === 'empty'
    return {
      clock: { simulated: true, anchorReal: this.#openedAt, anchorShown: SHOWN_AT, speed: 1 },
      simulatedSchools: 1517,
      schools: 1517,
      newestDataAt: empty ? null : new Date(this.frozenAt ?? this.shown()).toISOString(),
      messagesPerSecond: empty ? 0 : 412.5,
      deadLettersToday: 3,
      openSchools: empty ? 0 : 1489,
      closedSchools: empty ? 0 : 12,
      unreportedSchools: empty ? 1517 : 16,
      databaseReachable: true,
      version: '0.1.0',
      ...this.system,
    }
  }

  #addRoutes(http: FastifyInstance): void {
    http.get(routes.areas.path, () => ({ tree: 'former-district', on: '2026-11-23', areas }))
    http.get(routes.indicators.path, () => ({
      area: '40',
      tree: 'former-district',
      definitions,
      values: [...(this.#values.get('40')?.values() ?? [])],
    }))
    http.get<{ Params: { id: string }; Querystring: { period?: Period } }>(
      routes.indicatorSeries.path,
      (request) => ({
        indicator: request.params.id,
        area: '40',
        period: request.query.period ?? 'now',
        step: '5m',
        points: this.#options.data === 'empty' ? [] : courseOf(request.params.id, SHOWN_AT),
      }),
    )
  }
}
