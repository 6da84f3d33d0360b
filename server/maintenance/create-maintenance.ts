import { randomUUID } from 'node:crypto'
import type { Database } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import { DAY_MS, dayOf, MINUTE_MS, minuteOfDay } from '../../shared/domain/time.ts'
import type { Clock } from '../../shared/node/clock.ts'
import { coerceError } from '../../shared/node/errors.ts'
import type { Logger } from '../../shared/node/log.ts'
import { compressOneChunk, deleteOldRows, dropOldChunks, pruneJournal } from './clean-up.ts'
import { deleteOldDeadMessages, deleteSurplusRefused, deleteSurplusWaiting } from './dead-messages.ts'
import { giveLeaseBack, takeLease } from './lease.ts'
import { installPolicies } from './policies.ts'
import { LOOK_BACK_MS, Refresher } from './refresh.ts'
import { keepDays, type Retention, readRetention } from './retention.ts'
import { type TaskReport, TaskReports, type TaskRun } from './task-report.ts'

const DATABASE_KIND = sql(import.meta.url, './sql/database-kind.sql')

/** own: this server keeps the database in order. policies: TimescaleDB's jobs do. auto: policies where jobs run. */
export type MaintenanceMode = 'auto' | 'own' | 'policies'

export interface MaintenanceOptions {
  database: Database
  clock: Clock
  log: Logger
  mode: MaintenanceMode
  /** Hours that got readings after they were over, since last asked. */
  lateHours: { take(): number[] }
}

export interface Maintenance {
  /** Finds out how the database is kept, installs policies where they do it, and goes on by itself. */
  start(): Promise<void>
  stop(): Promise<void>
  /** One round of whatever is due. Failures are reported, not thrown. */
  round(): Promise<void>
  report(): MaintenanceReport
}

export interface MaintenanceReport {
  /** Undefined before the database was asked. */
  mode: 'own' | 'policies' | undefined
  tasks: TaskReport[]
}

const ROUND_MS = 2_000
/** What a task may spend in a round, in real time, beyond the statement it is in. */
const BUDGET_MS = 200
const REFRESH_EVERY_MS = 10_000
const LATE_EVERY_MS = 60_000
const JOURNAL_EVERY_MS = 5 * MINUTE_MS
/** Between one and four at night, province time, nobody minds a stall of some seconds. */
const NIGHT = { from: 60, until: 240 }
const COMPRESS_EVERY_MS = 30_000
const SURPLUS_EVERY_MS = MINUTE_MS

export function createMaintenance(options: MaintenanceOptions): Maintenance {
  return new Schedule(options)
}

class Schedule implements Maintenance {
  readonly #options: MaintenanceOptions
  readonly #reports = new TaskReports()
  readonly #holder = randomUUID()
  readonly #ranAt = new Map<string, number>()
  #refresher: Refresher
  #mode: 'own' | 'policies' | undefined
  #retention: Retention
  #cleanedOn = ''
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()
  #stopping = false

  constructor(options: MaintenanceOptions) {
    this.#options = options
    this.#refresher = new Refresher(options.database)
    this.#retention = readRetention(false)
  }

  async start(): Promise<void> {
    await this.#prepare()
    this.#schedule()
  }

  async stop(): Promise<void> {
    this.#stopping = true
    clearTimeout(this.#timer)
    await this.#running
    await giveLeaseBack(this.#options.database, this.#holder).catch(() => {
      // It runs out by itself.
    })
  }

  round(): Promise<void> {
    this.#running = this.#running.then(() => this.#round())
    return this.#running
  }

  report(): MaintenanceReport {
    return { mode: this.#mode, tasks: this.#reports.all() }
  }

  async #prepare(): Promise<void> {
    const { database, mode, log } = this.#options
    const { rows } = await database.query<{ embedded: boolean; runsJobs: boolean }>(DATABASE_KIND)
    const { embedded, runsJobs } = rows[0]!
    this.#mode = mode === 'auto' ? (runsJobs ? 'policies' : 'own') : mode
    this.#retention = readRetention(embedded)
    if (this.#mode === 'policies') await installPolicies(database, this.#retention)
    log.info({ mode: this.#mode, embedded }, 'maintenance')
  }

  #schedule(): void {
    if (this.#stopping) return
    this.#timer = setTimeout(() => {
      void this.round().then(() => this.#schedule())
    }, ROUND_MS)
  }

  async #round(): Promise<void> {
    const { database, clock } = this.#options
    const now = clock.now()
    const isMine = await takeLease(database, this.#holder).catch(() => false)
    if (!isMine || this.#stopping) return
    await this.#runEvery('journal', JOURNAL_EVERY_MS, now, () => pruneJournal(database, this.#retention))
    await this.#cleanRows(now)
    if (this.#mode === 'policies') {
      await this.#runWhileMore('late data', LATE_EVERY_MS, now, () => this.#refreshLate(now, LOOK_BACK_MS))
      return
    }
    const isNight = minuteOfDay(now) >= NIGHT.from && minuteOfDay(now) < NIGHT.until
    const keptFrom = now - keepDays(this.#retention, 'reading') * DAY_MS
    await this.#runWhileMore('refresh', REFRESH_EVERY_MS, now, () =>
      this.#refresher.advance(now, keptFrom, BUDGET_MS, isNight),
    )
    await this.#runWhileMore('late data', LATE_EVERY_MS, now, () => this.#refreshLate(now, 0, isNight))
    if (isNight) await this.#nightly(now)
  }

  /**
   * Refreshes again what late data touched. Hours older than what the finest aggregates are kept for stay as they
   * are: making them again from what is left would lose what was there.
   */
  async #refreshLate(now: number, minimumAge: number, withDays = true): Promise<TaskRun & { more: boolean }> {
    const kept = Math.min(keepDays(this.#retention, 'reading'), keepDays(this.#retention, 'reading_1m'))
    for (const hour of this.#options.lateHours.take()) {
      const age = now - hour
      if (age < (kept - 1) * DAY_MS && age > minimumAge) this.#refresher.askAgain(hour, hour + 60 * MINUTE_MS)
    }
    const reached = this.#mode === 'policies' ? now - minimumAge : undefined
    return this.#refresher.advanceAgain(BUDGET_MS, withDays, reached)
  }

  async #nightly(now: number): Promise<void> {
    const { database } = this.#options
    const chunked = this.#retention.tables.filter((table) => table.kind === 'chunks')
    if (this.#cleanedOn !== dayOf(now)) {
      this.#cleanedOn = dayOf(now)
      for (const table of chunked) {
        await this.#run(`drop ${table.table}`, now, () => dropOldChunks(database, table, now))
      }
      // Late data that came while no engine was there to report it.
      this.#refresher.askAgain(now - LOOK_BACK_MS, now)
    }
    await this.#runWhileMore('again', REFRESH_EVERY_MS, now, () =>
      this.#refresher.advanceAgain(BUDGET_MS, true),
    )
    for (const table of chunked) {
      if (table.compressAfterDays === undefined) continue
      await this.#runEvery(`compress ${table.table}`, COMPRESS_EVERY_MS, now, () =>
        compressOneChunk(database, table, now),
      )
    }
  }

  /** Rows of plain tables no policy knows; once a day is enough, in as many rounds as it takes. */
  async #cleanRows(now: number): Promise<void> {
    for (const table of this.#retention.tables) {
      if (table.kind !== 'rows') continue
      await this.#runWhileMore(`delete ${table.table}`, DAY_MS, now, () =>
        deleteOldRows(this.#options.database, table, now),
      )
    }
    const { database } = this.#options
    const { deadMessages } = this.#retention
    await this.#runWhileMore('delete dead messages', DAY_MS, now, () =>
      deleteOldDeadMessages(database, deadMessages, now),
    )
    await this.#runWhileMore('bound refused messages', SURPLUS_EVERY_MS, now, () =>
      deleteSurplusRefused(database, deadMessages),
    )
    await this.#runEvery('bound waiting messages', SURPLUS_EVERY_MS, now, () =>
      deleteSurplusWaiting(database, deadMessages),
    )
  }

  /** Like `runEvery`, but goes on in the next round while there is more to do. */
  async #runWhileMore(
    task: string,
    everyMs: number,
    now: number,
    work: () => Promise<TaskRun & { more: boolean }>,
  ): Promise<void> {
    await this.#runEvery(task, everyMs, now, async () => {
      const run = await work()
      if (run.more) this.#ranAt.delete(task)
      return run
    })
  }

  /** Intervals are of real time: a clock that runs fast must not make the work more than it is. */
  async #runEvery(task: string, everyMs: number, now: number, work: () => Promise<TaskRun>): Promise<void> {
    if (Date.now() - (this.#ranAt.get(task) ?? Number.NEGATIVE_INFINITY) < everyMs) return
    this.#ranAt.set(task, Date.now())
    await this.#run(task, now, work)
  }

  async #run(task: string, now: number, work: () => Promise<TaskRun>): Promise<void> {
    const began = performance.now()
    const note = (run: TaskRun, outcome: 'ok' | 'failed') =>
      this.#reports.note(task, {
        longestMs: run.longestMs,
        detail: run.detail,
        outcome,
        lastRunAt: now,
        durationMs: Math.round(performance.now() - began),
      })
    try {
      note(await work(), 'ok')
    } catch (thrown) {
      const { message } = coerceError(thrown)
      note({ longestMs: 0, detail: message }, 'failed')
      this.#options.log.warn({ task, error: message }, 'a maintenance task failed')
    }
  }
}
