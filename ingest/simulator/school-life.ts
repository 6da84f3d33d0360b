import type { CalendarEntry } from '../../shared/domain/calendar.ts'
import { DAY_MS, dayOf, MINUTE_MS, momentOf, startOfDay } from '../../shared/domain/time.ts'
import { attendance, checkin, type Outgoing, status } from './message.ts'
import { type GateBatch, planGates } from './model/gate.ts'
import { outbreakCorrections, type PlannedRoll, planRolls, rollBody, rollDelay } from './model/rolls.ts'
import { closureAt, isSchoolDay, schoolSessions, statusTime } from './model/school-day.ts'
import type { SimSchool } from './province/school.ts'
import { reaches, type Scenario } from './scenario.ts'
import type { ScenarioBoard } from './scenario-board.ts'

interface DayPlan {
  day: string
  rolls: readonly PlannedRoll[]
  nextRoll: number
  gates: readonly GateBatch[]
  nextGate: number
}

const STATUS_WINDOW = { from: '06:00', minutes: 10 }
/** An outbreak shows in the rolls of a session until this long after its end. */
const SESSION_LINGERS_MS = 30 * MINUTE_MS

/** Plays the people: open and closed schools, rolls and their corrections, passages at the gates. */
export class SchoolLife {
  readonly #schools: readonly SimSchool[]
  readonly #calendar: readonly CalendarEntry[]
  readonly #board: ScenarioBoard
  readonly #closed = new Set<SimSchool>()
  /** Rolls held back or made by scenarios, with the moment they go out. */
  #later: { at: number; roll: PlannedRoll }[] = []
  #plan: DayPlan | undefined

  constructor(schools: readonly SimSchool[], calendar: readonly CalendarEntry[], board: ScenarioBoard) {
    this.#schools = schools
    this.#calendar = calendar
    this.#board = board
  }

  /** Takes the state of all schools as of a moment and returns the rolls sent by then, by school. */
  begin(now: number): Map<SimSchool, PlannedRoll[]> {
    const day = dayOf(now)
    const plan = this.#planOf(day)
    for (const school of this.#schools) {
      if (closureAt(school, day, now, this.#board.of(school))) this.#closed.add(school)
    }
    for (const scenario of this.#board.all()) this.#correct(scenario, startOfDay(day), now)
    const sent = this.#rollsUntil(plan, now)
    plan.nextGate = firstAfter(plan.gates, now)
    return groupBySchool(sent)
  }

  /** Whether a school is open, as it says in the morning and whenever that changes; nothing on a day off. */
  status(school: SimSchool, now: number): Outgoing[] {
    const day = dayOf(now)
    if (!isSchoolDay(day, this.#calendar) || now < statusTime(school, day)) return []
    const closure = closureAt(school, day, now, this.#board.of(school))
    if (closure) return [status(school, false, closure.reason, closure.since)]
    return [status(school, true, '', statusTime(school, day))]
  }

  /** The message with some rolls of one school. */
  rolls(school: SimSchool, rolls: readonly PlannedRoll[]): Outgoing {
    const scenarios = this.#board.of(school)
    return attendance(
      school,
      rolls.map((roll) => rollBody(roll, scenarios)),
    )
  }

  /** The rolls of a day gone by, by school. */
  pastRolls(day: string): Map<SimSchool, PlannedRoll[]> {
    return groupBySchool(planRolls(this.#schools, day, this.#calendar))
  }

  /** What happens in a step of time, after `from` and up to `to`. */
  between(from: number, to: number): Outgoing[] {
    const messages: Outgoing[] = []
    for (let start = from; start < to; ) {
      const day = dayOf(start + 1)
      const end = Math.min(to, startOfDay(day) + DAY_MS - 1)
      messages.push(...this.#within(day, start, end))
      start = end
    }
    return messages
  }

  #within(day: string, from: number, to: number): Outgoing[] {
    const plan = this.#planOf(day)
    for (const scenario of this.#board.all()) this.#correct(scenario, from, to)
    const rolls = groupBySchool(this.#rollsUntil(plan, to))
    const lastGate = firstAfter(plan.gates, to)
    const gates = plan.gates.slice(plan.nextGate, lastGate)
    plan.nextGate = lastGate
    return [
      ...this.#statuses(day, from, to),
      ...[...rolls].map(([school, theirs]) => this.rolls(school, theirs)),
      ...gates
        .filter(({ school }) => !this.#closed.has(school))
        .map((gate) => checkin(gate.school, gate.passages)),
    ]
  }

  #statuses(day: string, from: number, to: number): Outgoing[] {
    if (!isSchoolDay(day, this.#calendar)) return []
    const morning = momentOf(day, STATUS_WINDOW.from)
    const isMorning = to >= morning && from <= morning + STATUS_WINDOW.minutes * MINUTE_MS
    if (!isMorning && this.#board.all().length === 0) return []
    return this.#schools.flatMap((school) => {
      const said = statusTime(school, day)
      const closure = closureAt(school, day, to, this.#board.of(school))
      const changed = (closure !== undefined) !== this.#closed.has(school)
      if (closure) this.#closed.add(school)
      else this.#closed.delete(school)
      if (from < said && said <= to) return this.status(school, to)
      if (!changed || to < said) return []
      return closure ? this.status(school, to) : [status(school, true, '', to)]
    })
  }

  /** Rolls planned or put off until a moment; those whose school is closed fall out, those held back wait. */
  #rollsUntil(plan: DayPlan, to: number): PlannedRoll[] {
    const sent: PlannedRoll[] = []
    const due = this.#later.filter((one) => one.at <= to)
    this.#later = this.#later.filter((one) => one.at > to)
    sent.push(...due.map((one) => one.roll))
    const last = firstAfter(plan.rolls, to)
    for (const roll of plan.rolls.slice(plan.nextRoll, last)) {
      const at = rollDelay(roll, this.#board.of(roll.school))
      if (at === undefined) continue
      // Held back by a scenario means not taken until then.
      const held = at > roll.at ? { ...roll, takenAt: at, at } : roll
      if (at <= to) sent.push(held)
      else this.#later.push({ at, roll: held })
    }
    plan.nextRoll = last
    return sent
  }

  /** Puts off the corrections of an outbreak whose beginning or end falls into a step. */
  #correct(scenario: Scenario, from: number, to: number): void {
    if (scenario.name !== 'outbreak') return
    for (const edge of ['startsAt', 'endsAt'] as const) {
      const moment = scenario[edge]
      if (moment <= from || moment > to) continue
      const corrections = outbreakCorrections(scenario, edge, this.#takenBefore(scenario, moment))
      this.#later.push(...corrections.map((roll) => ({ at: roll.at, roll })))
    }
  }

  /** One roll a class of the session that runs at a moment, where it was taken before that. */
  #takenBefore(scenario: Scenario, moment: number): PlannedRoll[] {
    const day = dayOf(moment)
    const running = new Map<string, PlannedRoll>()
    for (const roll of this.#planOf(day).rolls) {
      if (roll.at > moment) break
      if (!reaches(scenario, roll.school)) continue
      const session = schoolSessions(roll.school, day, this.#calendar).find(
        (one) => one.session === roll.session,
      )
      if (session && moment < session.endsAt + SESSION_LINGERS_MS) {
        running.set(`${roll.school.code} ${roll.session} ${roll.classIndex}`, roll)
      }
    }
    return [...running.values()]
  }

  #planOf(day: string): DayPlan {
    if (this.#plan?.day !== day) {
      const rolls = planRolls(this.#schools, day, this.#calendar)
      this.#plan = {
        day,
        rolls,
        nextRoll: 0,
        gates: planGates(this.#schools, day, this.#calendar),
        nextGate: 0,
      }
    }
    return this.#plan
  }
}

/** Index of the first item later than a moment, in a list ordered by `at`. */
function firstAfter(list: readonly { at: number }[], moment: number): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (list[middle]!.at <= moment) low = middle + 1
    else high = middle
  }
  return low
}

function groupBySchool(rolls: readonly PlannedRoll[]): Map<SimSchool, PlannedRoll[]> {
  const groups = new Map<SimSchool, PlannedRoll[]>()
  for (const roll of rolls) {
    const group = groups.get(roll.school)
    if (group) group.push(roll)
    else groups.set(roll.school, [roll])
  }
  return groups
}
