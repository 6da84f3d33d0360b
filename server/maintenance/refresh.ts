import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import { DAY_MS, MINUTE_MS } from '../../shared/domain/time.ts'
import { AGGREGATES, type Aggregate, bucketStart, nextBucket } from './aggregates.ts'
import { Stopwatch, type TaskRun } from './task-report.ts'

const REFRESH = 'call refresh_continuous_aggregate($1::regclass, $2::timestamptz, $3::timestamptz)'
const MATERIALIZED = sql(import.meta.url, './sql/materialized-until.sql')
const FIRST_READING = sql(import.meta.url, './sql/first-reading.sql')

/** A refresh that took longer is followed by shorter ones, one that was quick by longer ones. */
const SLOW_MS = 250
const QUICK_MS = 80
/** Readings have this long to arrive before their minute is materialised. */
const MARGIN_MS = MINUTE_MS

interface Span {
  from: number
  until: number
}

/**
 * Keeps the aggregates up to date by itself, little and often: everything that asks the embedded database waits
 * while a refresh runs. Minutes first, coarser buckets on top of them when they are over.
 */
export class Refresher {
  readonly #database: Queryable
  /** By view: materialised up to here. */
  readonly #until = new Map<string, number>()
  /** By view: length of the next refresh. */
  readonly #length = new Map<string, number>()
  /** Spans to refresh again, by view. */
  readonly #again = new Map<string, Span[]>()

  constructor(database: Queryable) {
    this.#database = database
  }

  /** Takes the aggregates forward for about `budgetMs`; the day's only when `withDays`, because a day is one long refresh. */
  async advance(
    now: number,
    keptFrom: number,
    budgetMs: number,
    withDays: boolean,
  ): Promise<TaskRun & { more: boolean }> {
    const watch = new Stopwatch()
    const deadline = Date.now() + budgetMs
    let pieces = 0
    let more = false
    let limit = now - MARGIN_MS
    for (const aggregate of AGGREGATES) {
      if (aggregate.view === 'reading_1d' && !withDays) break
      let from = await this.#materializedUntil(aggregate, keptFrom)
      const end = bucketStart(aggregate, limit)
      while (from < end && Date.now() < deadline) {
        const until = Math.min(from + this.#lengthOf(aggregate), end)
        await this.#refresh(aggregate, { from, until }, watch)
        from = until
        this.#until.set(aggregate.view, until)
        pieces += 1
      }
      more ||= from < end
      limit = from
    }
    const minutes = this.#until.get('reading_1m')
    const reached = minutes === undefined ? 'nothing yet' : new Date(minutes).toISOString()
    return { longestMs: watch.longestMs, detail: `${pieces} pieces, minutes up to ${reached}`, more }
  }

  /** Asks for a span to be refreshed again in all aggregates. Spans that agree with the raw rows cost next to nothing. */
  askAgain(from: number, until: number): void {
    for (const aggregate of AGGREGATES) {
      const spans = this.#again.get(aggregate.view) ?? []
      const span = { from: bucketStart(aggregate, from), until: nextBucket(aggregate, until) }
      const last = spans.at(-1)
      if (last && span.from <= last.until && span.from >= last.from)
        last.until = Math.max(last.until, span.until)
      else spans.push(span)
      this.#again.set(aggregate.view, spans)
    }
  }

  /**
   * Refreshes for about `budgetMs` what was asked for again, finest first, up to where the aggregates have been
   * brought, by us or (`reached`) by somebody else.
   */
  async advanceAgain(
    budgetMs: number,
    withDays: boolean,
    reached?: number,
  ): Promise<TaskRun & { more: boolean }> {
    const watch = new Stopwatch()
    const deadline = Date.now() + budgetMs
    let pieces = 0
    for (const aggregate of AGGREGATES) {
      if (aggregate.view === 'reading_1d' && !withDays) break
      const spans = this.#again.get(aggregate.view) ?? []
      // What has never been materialised is not again: it will be done in its turn.
      const end = reached ?? this.#until.get(aggregate.view) ?? 0
      while (spans.length > 0) {
        if (Date.now() >= deadline)
          return { longestMs: watch.longestMs, detail: `${pieces} pieces, more left`, more: true }
        const span = spans[0]!
        const until = Math.min(span.from + this.#lengthOf(aggregate), span.until, end)
        if (until > span.from) {
          await this.#refresh(aggregate, { from: span.from, until }, watch)
          pieces += 1
          span.from = until
        }
        if (span.from >= Math.min(span.until, end)) spans.shift()
      }
    }
    return { longestMs: watch.longestMs, detail: `${pieces} pieces`, more: false }
  }

  async #refresh(aggregate: Aggregate, span: Span, watch: Stopwatch): Promise<void> {
    const { ms } = await watch.time(() =>
      this.#database.query(REFRESH, [aggregate.view, new Date(span.from), new Date(span.until)]),
    )
    const length = this.#lengthOf(aggregate)
    const wanted = ms > SLOW_MS ? length / 2 : ms < QUICK_MS ? length * 2 : length
    const buckets = Math.max(1, Math.floor(Math.min(wanted, aggregate.mostMs) / aggregate.bucketMs))
    this.#length.set(aggregate.view, buckets * aggregate.bucketMs)
  }

  #lengthOf(aggregate: Aggregate): number {
    return this.#length.get(aggregate.view) ?? aggregate.bucketMs
  }

  /** Where to go on: after the last materialised bucket, or at the first reading still kept. */
  async #materializedUntil(aggregate: Aggregate, keptFrom: number): Promise<number> {
    const known = this.#until.get(aggregate.view)
    if (known !== undefined) return known
    const { rows } = await this.#database.query<{ schema: string; name: string }>(MATERIALIZED, [
      aggregate.view,
    ])
    const table = rows[0]
    if (!table) throw new Error(`there is no continuous aggregate ${aggregate.view}`)
    const last = await this.#database.query<{ at: number | null }>(
      `select (extract(epoch from max(bucket)) * 1000)::float8 as at from "${table.schema}"."${table.name}"`,
    )
    const lastBucket = last.rows[0]!.at
    const until =
      lastBucket === null ? await this.#firstBucket(aggregate, keptFrom) : lastBucket + aggregate.bucketMs
    if (until !== undefined) this.#until.set(aggregate.view, until)
    return until ?? Number.POSITIVE_INFINITY
  }

  async #firstBucket(aggregate: Aggregate, keptFrom: number): Promise<number | undefined> {
    const { rows } = await this.#database.query<{ at: number | null }>(FIRST_READING, [new Date(keptFrom)])
    const first = rows[0]!.at
    return first === null ? undefined : bucketStart(aggregate, first)
  }
}

/** How far back a nightly look goes for late data that nobody reported. */
export const LOOK_BACK_MS = 8 * DAY_MS
