import { z } from 'zod'
import type { SystemState } from '../../shared/contract/live.ts'
import type { Queryable } from '../../shared/db/connect.ts'
import { dayOf, startOfDay } from '../../shared/domain/time.ts'
import { type Clock, type ClockSetting, isSimulated } from '../../shared/node/clock.ts'
import { coerceError } from '../../shared/node/errors.ts'
import type { Logger } from '../../shared/node/log.ts'
import type { BoardCounts } from '../indicators/board.ts'
import { question } from '../sql/read.ts'

const POLL_MS = 5_000

const readDeadLetters = question('dead-letters-since', z.object({ n: z.number().int() }))

interface Parts {
  board: { counts(): BoardCounts }
  clock: Clock
  clockSetting: ClockSetting
  database: Queryable
  log: Logger
  version: string
}

/** The one place where what a screen says about the system itself is put together. */
export class SystemStateSource {
  readonly #parts: Parts
  #deadLetters = { day: '', count: 0 }
  #timer: NodeJS.Timeout | undefined

  constructor(parts: Parts) {
    this.#parts = parts
  }

  current(): SystemState {
    const { board, clockSetting, clock, version } = this.#parts
    const counts = board.counts()
    return {
      clock: {
        simulated: isSimulated(clockSetting),
        anchorReal: clockSetting.real,
        anchorShown: clockSetting.shown,
        speed: clockSetting.speed,
      },
      simulatedSchools: counts.simulatedSchools,
      schools: counts.schools,
      newestDataAt: counts.newestDataAt === undefined ? null : new Date(counts.newestDataAt).toISOString(),
      messagesPerSecond: counts.messagesPerSecond,
      // A count of yesterday says nothing about today.
      deadLettersToday: this.#deadLetters.day === dayOf(clock.now()) ? this.#deadLetters.count : 0,
      openSchools: counts.openSchools,
      closedSchools: counts.closedSchools,
      unreportedSchools: counts.unreportedSchools,
      databaseReachable: counts.databaseReachable,
      version,
    }
  }

  async start(): Promise<void> {
    await this.#countDeadLetters()
    this.#schedule()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** The next look comes after this one has ended, so that a slow database is not asked twice at a time. */
  #schedule(): void {
    this.#timer = setTimeout(async () => {
      await this.#countDeadLetters()
      if (this.#timer) this.#schedule()
    }, POLL_MS)
  }

  async #countDeadLetters(): Promise<void> {
    const { database, clock, log } = this.#parts
    const day = dayOf(clock.now())
    try {
      const [found] = await readDeadLetters(database, [new Date(startOfDay(day))])
      this.#deadLetters = { day, count: found!.n }
    } catch (thrown) {
      log.warn(
        { error: coerceError(thrown).message },
        'dead letters could not be counted; the last count stands',
      )
    }
  }
}
