import type { SubscriptionMemory } from '../mqtt/subscriptions.ts'

/** What the database knows of a session. Times in milliseconds since 1970. */
export interface KnownSession {
  filters: readonly string[]
  /** The broker has confirmed the filters. */
  settled: boolean
  /** When a program of ours last was connected under this name. */
  seenAt: number | undefined
  /** When the broker had last forgotten it, and how long nobody had been connected then. */
  lostAt: number | undefined
  lostAfterMs: number | undefined
}

/**
 * The memory of one session while this program holds it. What must be known before the broker is told is saved
 * first; the rest when it can be, at the next renewal of the lease at latest, so that a broker can come back while the
 * database is away.
 */
export class SessionMemory implements SubscriptionMemory {
  readonly #save: (known: KnownSession) => Promise<boolean>
  #known: KnownSession
  #saving: Promise<unknown> = Promise.resolve()

  /** `save` says whether the session is still this program's. */
  constructor(known: KnownSession, save: (known: KnownSession) => Promise<boolean>) {
    this.#known = known
    this.#save = save
  }

  get known(): KnownSession {
    return this.#known
  }

  get filters(): readonly string[] {
    return this.#known.filters
  }

  /** The last loss of the session, if there was one. */
  get loss(): { at: number; afterMs: number } | undefined {
    const { lostAt, lostAfterMs } = this.#known
    return lostAt === undefined ? undefined : { at: lostAt, afterMs: lostAfterMs ?? 0 }
  }

  /** A connection is open. A session that had been subscribed and is not there any more has lost what it held. */
  opened(sessionPresent: boolean): void {
    const { settled, seenAt } = this.#known
    const now = Date.now()
    const lost = !sessionPresent && settled
    this.#change({
      seenAt: now,
      ...(lost ? { settled: false, lostAt: now, lostAfterMs: now - (seenAt ?? now) } : {}),
    })
    if (lost) this.#saveSoon()
  }

  /** A sign of life of the connection. */
  seen(): void {
    this.#change({ seenAt: Date.now() })
  }

  async expect(filters: readonly string[]): Promise<void> {
    this.#change({ filters, settled: false })
    if (!(await this.save())) throw new Error('another program holds this session by now')
  }

  settle(filters: readonly string[]): void {
    const { settled, filters: before } = this.#known
    const news = !settled || before.length !== filters.length
    this.#change({ filters, settled: true })
    if (news) this.#saveSoon()
  }

  /** Saves what is known by now, one time after the other. False: the session is another program's. */
  save(): Promise<boolean> {
    const saved = this.#saving.then(() => this.#save(this.#known))
    this.#saving = saved.catch(() => {})
    return saved
  }

  /** Without the database now, the next renewal does it. */
  #saveSoon(): void {
    this.save().catch(() => {})
  }

  #change(change: Partial<KnownSession>): void {
    this.#known = { ...this.#known, ...change }
  }
}
