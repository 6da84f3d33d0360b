import { calendarData } from '../../shared/db/reference.ts'
import type { CalendarEntry } from '../../shared/domain/calendar.ts'
import { addDays, dayOf, MINUTE_MS, PROVINCE_OFFSET_MS } from '../../shared/domain/time.ts'
import type { Clock } from '../../shared/node/clock.ts'
import type { Logger } from '../../shared/node/log.ts'
import type { Outgoing } from './message.ts'
import type { PlannedRoll } from './model/rolls.ts'
import { Pace } from './pace.ts'
import type { Province, SimSchool } from './province/school.ts'
import type { Publisher } from './publisher.ts'
import { ScenarioBoard } from './scenario-board.ts'
import { isOver, loadRunning, takeRequests } from './scenario-folder.ts'
import { SchoolLife } from './school-life.ts'
import { Sensors } from './sensors.ts'

export interface SimulatorOptions {
  province: Province
  clock: Clock
  publisher: Publisher
  /** Where scenarios are asked for. */
  scenarioFolder: string
  log: Logger
  /** Unacknowledged messages the catch-up may have under way, so that living time always finds room. */
  backgroundWindow: number
}

const STEP_MS = 200
const SCENARIO_POLL_MS = 1_000
const REPORT_MS = 30_000
/** A step that takes longer than this of real time means that delivery does not keep up. */
const SLOW_STEP_MS = 5_000
const WARNING_MS = 10_000
/** Sensor history sent at the start. */
const HISTORY_MS = 30 * MINUTE_MS
/**
 * What the day already holds goes out at this many records a second. A message counts as several records at least,
 * which keeps it to 2,000 messages a second.
 */
const CATCH_UP_PACE = 10_000
const MESSAGE_COST = 5
/** Last week's rolls, for the change against last week, take their time. */
const LAST_WEEK_PACE = 1_500

/**
 * Plays the province. It first sends what the day already holds, so that a wall has its picture at once, and lives
 * at the clock's speed meanwhile and after.
 */
export class Simulator {
  readonly #options: SimulatorOptions
  readonly #board = new ScenarioBoard()
  readonly #life: SchoolLife
  readonly #sensors: Sensors
  readonly #timers: NodeJS.Timeout[] = []
  #stopping = false
  #thinned = 0
  #nextWarning = 0
  #running: Promise<unknown> = Promise.resolve()

  constructor(options: SimulatorOptions) {
    this.#options = options
    const { schools } = options.province
    const calendar: CalendarEntry[] = calendarData().map((entry) => ({ ...entry, area: null }))
    this.#life = new SchoolLife(schools, calendar, this.#board)
    this.#sensors = new Sensors(schools, calendar, this.#board)
  }

  /** Begins at the clock's moment and returns at once; `caughtUp` resolves when the day so far is acknowledged. */
  start(): { caughtUp: Promise<void> } {
    const { clock, scenarioFolder, log, province } = this.#options
    const now = clock.now()
    this.#board.replace(loadRunning(scenarioFolder, now))
    this.#sensors.begin(now)
    const sent = this.#life.begin(now)
    log.info({ shown: shownTime(now), schools: province.schools.length, seed: province.seed }, 'begins')
    this.#timers.push(setInterval(() => this.#pollScenarios(), SCENARIO_POLL_MS))
    this.#timers.push(setInterval(() => this.#report(), REPORT_MS))
    const caughtUp = this.#catchUp(now, sent)
    this.#running = Promise.all([this.#live(now), caughtUp.then(() => this.#lastWeek(dayOf(now)))])
    return { caughtUp }
  }

  async stop(): Promise<void> {
    this.#stopping = true
    for (const timer of this.#timers) clearInterval(timer)
    this.#options.publisher.release()
    await this.#running
  }

  async #live(begin: number): Promise<void> {
    const { clock, publisher } = this.#options
    let from = begin
    while (!this.#stopping) {
      const started = performance.now()
      const to = clock.now()
      if (to > from) {
        const sensors = this.#sensors.between(from, to)
        const messages = [...this.#life.between(from, to), ...sensors.messages]
        from = to
        for (const message of messages) {
          await publisher.room()
          if (this.#stopping) return
          void publisher.publish(message.school.key, message)
        }
        this.#watchDelivery(performance.now() - started, sensors.thinned)
      }
      await new Promise((resolve) => setTimeout(resolve, STEP_MS))
    }
  }

  /** Says, at most every few seconds, that messages cannot be delivered as fast as time runs. */
  #watchDelivery(stepMs: number, thinned: number): void {
    this.#thinned += thinned
    const behind = stepMs > SLOW_STEP_MS || this.#thinned > 0
    if (!behind || performance.now() < this.#nextWarning) return
    this.#nextWarning = performance.now() + WARNING_MS
    const facts = { stepSeconds: Math.round(stepMs / 1000), thinned: this.#thinned }
    this.#options.log.warn(facts, 'delivery does not keep up with time: readings go together or are thinned')
    this.#thinned = 0
  }

  async #catchUp(now: number, sent: ReadonlyMap<SimSchool, readonly PlannedRoll[]>): Promise<void> {
    const { schools } = this.#options.province
    const pace = new Pace(CATCH_UP_PACE)
    await this.#sendAll('who is open and online', pace, schools, (school) => [
      ...this.#life.status(school, this.#options.clock.now()),
      ...this.#sensors.states(school),
    ])
    await this.#sendAll('rolls of the day so far', pace, [...sent.keys()], (school) => [
      this.#life.rolls(school, sent.get(school)!),
    ])
    await this.#sendAll('readings of the last half hour', pace, schools, (school) =>
      this.#sensors.history(school, now - HISTORY_MS, now),
    )
  }

  async #lastWeek(today: string): Promise<void> {
    const past = [...this.#life.pastRolls(addDays(today, -7))]
    await this.#sendAll(
      'rolls of the same day last week',
      new Pace(LAST_WEEK_PACE),
      past,
      ([school, rolls]) => [this.#life.rolls(school, rolls)],
    )
  }

  /** Sends in the background; each message is made just before it goes, so that it tells the state of that moment. */
  async #sendAll<T>(
    what: string,
    pace: Pace,
    sources: readonly T[],
    make: (source: T) => Outgoing[],
  ): Promise<void> {
    const { publisher, backgroundWindow, log } = this.#options
    const started = performance.now()
    const acknowledged: Promise<boolean>[] = []
    let records = 0
    for (const source of sources) {
      if (this.#stopping) return
      for (const message of make(source)) {
        await pace.take(Math.max(message.records, MESSAGE_COST))
        await publisher.room(backgroundWindow)
        if (this.#stopping) return
        records += message.records
        acknowledged.push(publisher.publish(message.school.key, message))
      }
    }
    await Promise.race([Promise.all(acknowledged), this.#stopped()])
    const seconds = Math.round((performance.now() - started) / 100) / 10
    log.info({ what, messages: acknowledged.length, records, seconds }, 'sent and acknowledged')
  }

  async #stopped(): Promise<void> {
    while (!this.#stopping) await new Promise((resolve) => setTimeout(resolve, STEP_MS))
  }

  #pollScenarios(): void {
    const { clock, scenarioFolder, log } = this.#options
    // The step that ended just now must not already hold the beginning.
    const now = clock.now() + 1
    const { started, unreadable } = takeRequests(scenarioFolder, now)
    for (const file of unreadable) log.warn({ file }, 'not a scenario request; removed')
    for (const { name, area, endsAt } of started)
      log.info({ name, area, until: shownTime(endsAt) }, 'scenario')
    const kept = this.#board.all().filter((scenario) => !isOver(scenario, now))
    if (kept.length < this.#board.all().length) loadRunning(scenarioFolder, now)
    if (started.length > 0 || kept.length < this.#board.all().length)
      this.#board.replace([...kept, ...started])
  }

  #report(): void {
    const { clock, publisher, log } = this.#options
    log.info({ shown: shownTime(clock.now()), ...publisher.counts }, 'playing')
  }
}

/** Day and time in the province, to the minute. */
function shownTime(moment: number): string {
  return new Date(moment + PROVINCE_OFFSET_MS).toISOString().slice(0, 16).replace('T', ' ')
}
