import type { IndicatorStatus, IndicatorValue } from '../../../shared/contract/indicator.ts'
import { MINUTE_MS, startOfDay } from '../../../shared/domain/time.ts'
import type { AreaNode } from '../area-board.ts'
import type { DayState } from '../day-state.ts'
import { type Announced, matters, type Told } from './announced.ts'
import type { NewEvent } from './new-event.ts'

/** At most one event of a matter in this time, so that a value at its limit does not fill the list (proposal). */
export const PAUSE_MS = 10 * MINUTE_MS
/** A status is announced once it has held for this long (proposal). */
export const HOLD_MS = MINUTE_MS

const FLOOD = 'flood-alarm-level'
const JUDGED: readonly IndicatorStatus[] = ['ok', 'warning', 'critical']

/** Changes of status of the province and of former districts. Remembers since when each status has held. */
export class AreaEvents {
  readonly #seen = new Map<string, { status: string; since: number }>()

  detect(state: DayState, announced: Announced, now: number): NewEvent[] {
    const events: NewEvent[] = []
    for (const node of announcedNodes(state)) {
      for (const value of node.values) {
        const event =
          value.indicator === FLOOD
            ? floodEvent(state, node, value, announced, now)
            : this.#statusEvent(state, node, value, announced, now)
        if (event) events.push(event)
      }
    }
    return events
  }

  #statusEvent(
    state: DayState,
    node: AreaNode,
    value: IndicatorValue,
    announced: Announced,
    now: number,
  ): NewEvent | undefined {
    const { indicator, period, status } = value
    // A value without enough data says nothing of how things are.
    if (!JUDGED.includes(status)) return undefined
    const matter = matters.status(node.area.id, indicator, period)
    const last = announced.get(matter)
    const told = isOfToday(last, state, period) ? last : undefined
    const seen = this.#seen.get(matter)
    if (seen?.status !== status) this.#seen.set(matter, { status, since: now })
    if (status === (told?.state ?? 'ok')) return undefined
    const held = seen?.status === status ? now - seen.since : 0
    if (held < HOLD_MS || now - (told?.at ?? 0) < PAUSE_MS) return undefined
    announced.set(matter, { state: status, at: now })
    return {
      at: now,
      kind: 'indicator-status',
      severity: status === 'ok' ? 'info' : status === 'warning' ? 'warning' : 'critical',
      area: node.area,
      school: null,
      params: { indicator, period, from: told?.state ?? 'ok', to: status, value: value.value },
      simulated: isSimulated(state, node),
    }
  }
}

/** A rise is told at once; a fall only after a pause, because water swings about its mark. */
function floodEvent(
  state: DayState,
  node: AreaNode,
  value: IndicatorValue,
  announced: Announced,
  now: number,
): NewEvent | undefined {
  if (value.value === null) return undefined
  const matter = matters.flood(node.area.id)
  const told = announced.get(matter)
  const from = Number(told?.state ?? 0)
  const to = value.value
  if (to === from || (to < from && now - (told?.at ?? 0) < PAUSE_MS)) return undefined
  announced.set(matter, { state: String(to), at: now })
  return {
    at: now,
    kind: 'flood-level',
    severity: to === 0 ? 'info' : to === 1 ? 'warning' : 'critical',
    area: node.area,
    school: null,
    params: { from, to },
    simulated: isSimulated(state, node),
  }
}

/** The province and its former districts: communes are too many and too small for the list. */
export function announcedNodes(state: DayState): AreaNode[] {
  return state.board.nodes.filter(
    ({ tree, area, schools }) => tree === 'former-district' && area.kind !== 'commune' && schools.length > 0,
  )
}

export function isSimulated(state: DayState, node: AreaNode): boolean {
  return node.schools.some((school) => state.day.schools[school]!.simulated)
}

/** Sums of a day begin anew each day, and so does what is said of them. */
function isOfToday(told: Told | undefined, state: DayState, period: IndicatorValue['period']): boolean {
  return told !== undefined && (period === 'now' || told.at >= startOfDay(state.day.day))
}
