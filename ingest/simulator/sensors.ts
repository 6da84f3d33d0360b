import type { CalendarEntry } from '../../shared/domain/calendar.ts'
import { dayOf, MINUTE_MS } from '../../shared/domain/time.ts'
import { deviceState, type Outgoing, telemetry } from './message.ts'
import { isOnline, measures, type Outages, outagesOf } from './model/outages.ts'
import { readingOf } from './model/readings.ts'
import type { SimDevice, SimSchool } from './province/school.ts'
import { keyOf, uniform } from './random.ts'
import type { Scenario } from './scenario.ts'
import type { ScenarioBoard } from './scenario-board.ts'

const PHASE = keyOf('phase')

/** More readings of a device than this in one step are thinned: nobody could look at them at that speed. */
const MOST_POINTS_A_STEP = 30
/** A gateway keeps this much while its link is lost. */
const BACKLOG_MS = 120 * MINUTE_MS

export interface SensorStep {
  messages: Outgoing[]
  /** Readings left out because time ran too fast. */
  thinned: number
}

/** Plays the devices: what they measure, when it gets through, and whether they are online. */
export class Sensors {
  readonly #schools: readonly SimSchool[]
  readonly #calendar: readonly CalendarEntry[]
  readonly #board: ScenarioBoard
  readonly #offline = new Set<SimDevice>()
  readonly #known = new Map<SimSchool, { day: string; scenarios: readonly Scenario[]; outages: Outages }>()

  constructor(schools: readonly SimSchool[], calendar: readonly CalendarEntry[], board: ScenarioBoard) {
    this.#schools = schools
    this.#calendar = calendar
    this.#board = board
  }

  /** Takes the state of all devices as of a moment, to tell changes from there on. */
  begin(now: number): void {
    this.#offline.clear()
    for (const school of this.#schools) {
      const outages = this.#outages(school, now)
      for (const device of school.devices) if (!isOnline(device, outages, now)) this.#offline.add(device)
    }
  }

  /** The present state of every device of a school. */
  states(school: SimSchool): Outgoing[] {
    return school.devices.map((device) => deviceState(school, device, !this.#offline.has(device)))
  }

  /** Everything a school's devices send over a span after its first and up to its last millisecond. */
  history(school: SimSchool, from: number, to: number): Outgoing[] {
    const outages = this.#outages(school, to)
    const lostNow = outages.losses.find((loss) => loss.from <= to && to < loss.to)
    return school.devices.flatMap((device) =>
      this.#message(
        school,
        device,
        momentsOf(device, from, Math.min(to, (lostNow?.from ?? to + 1) - 1)),
        outages,
      ),
    )
  }

  /** What happens in a step of time, after `from` and up to `to`. */
  between(from: number, to: number): SensorStep {
    const step: SensorStep = { messages: [], thinned: 0 }
    for (const school of this.#schools) {
      const outages = this.#outages(school, to)
      const troubled = outages.cuts.length + outages.losses.length > 0
      if (troubled)
        step.messages.push(...this.#changes(school, outages, to), ...this.#backlog(school, outages, from, to))
      for (const device of school.devices) {
        const due = momentsOf(device, from, to)
        const online = troubled ? due.filter((moment) => isOnline(device, outages, moment)) : due
        const kept = thin(online, MOST_POINTS_A_STEP)
        step.thinned += online.length - kept.length
        step.messages.push(...this.#message(school, device, kept, outages))
      }
    }
    return step
  }

  #changes(school: SimSchool, outages: Outages, now: number): Outgoing[] {
    const changes: Outgoing[] = []
    for (const device of school.devices) {
      const online = isOnline(device, outages, now)
      if (online !== this.#offline.has(device)) continue
      if (online) this.#offline.delete(device)
      else this.#offline.add(device)
      changes.push(deviceState(school, device, online))
    }
    return changes
  }

  /** When the link comes back, what was measured without it is sent with its own times. */
  #backlog(school: SimSchool, outages: Outages, from: number, to: number): Outgoing[] {
    return outages.losses
      .filter((loss) => loss.to > from && loss.to <= to)
      .flatMap((loss) => {
        const since = Math.max(loss.from - 1, loss.to - BACKLOG_MS)
        return school.devices.flatMap((device) =>
          this.#message(school, device, momentsOf(device, since, loss.to - 1), outages),
        )
      })
  }

  #message(school: SimSchool, device: SimDevice, moments: readonly number[], outages: Outages): Outgoing[] {
    const surroundings = { calendar: this.#calendar, scenarios: this.#board.of(school) }
    const points = moments
      .filter((moment) => measures(device, outages, moment))
      .map((ts) => ({ ts, values: readingOf(school, device, ts, surroundings) }))
    return points.length === 0 ? [] : [telemetry(school, device, points)]
  }

  /** Outages stay the same for a day, unless a scenario comes or goes. */
  #outages(school: SimSchool, moment: number): Outages {
    const day = dayOf(moment)
    const scenarios = this.#board.of(school)
    const known = this.#known.get(school)
    if (known?.day === day && known.scenarios === scenarios) return known.outages
    const outages = outagesOf(school, moment, scenarios)
    this.#known.set(school, { day, scenarios, outages })
    return outages
  }
}

/** The moments a device measures at, after `from` and up to `to`. */
export function momentsOf(device: SimDevice, from: number, to: number): number[] {
  const interval = device.intervalS * 1000
  const phase = Math.floor(uniform(device.key, PHASE) * device.intervalS) * 1000
  const moments: number[] = []
  for (
    let at = Math.floor((from - phase) / interval) * interval + phase + interval;
    at <= to;
    at += interval
  ) {
    moments.push(at)
  }
  return moments
}

/** At most `most` of a list, evenly spread, the last always among them. */
export function thin<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list
  return Array.from({ length: most }, (_, i) => list[Math.ceil(((i + 1) * list.length) / most) - 1]!)
}
