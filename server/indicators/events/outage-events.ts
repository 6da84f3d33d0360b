import { MINUTE_MS } from '../../../shared/domain/time.ts'
import type { AreaNode } from '../area-board.ts'
import type { DaySchool } from '../day-registry.ts'
import type { DayState } from '../day-state.ts'
import { ONLINE_MS } from '../definitions/readings.ts'
import { type Announced, matters } from './announced.ts'
import { announcedNodes, isSimulated, PAUSE_MS } from './area-events.ts'
import type { NewEvent } from './new-event.ts'

/** Power or link of a former district counts as lost from this share of its schools on, and as back below the other (proposal). */
export const LOST_SHARE = 0.05
export const BACK_SHARE = 0.025
/** What a gateway last said of the mains counts for this long. */
const POWER_FRESH_MS = 10 * MINUTE_MS
/** When the whole province is silent for this long, it is the way to us that is broken, not the schools' links. */
const SILENCE_MS = 3 * MINUTE_MS
/** After a start or a silence gateways have this long to be heard again. */
const SETTLE_MS = ONLINE_MS + MINUTE_MS

/** Power cuts and lost links, by former district: one event for many schools. */
export class OutageEvents {
  #linksFrom: number | undefined

  detect(state: DayState, announced: Announced, now: number): NewEvent[] {
    this.#linksFrom ??= now + SETTLE_MS
    if (state.newestDataAt < now - SILENCE_MS) this.#linksFrom = now + SETTLE_MS
    const linksKnown = now >= this.#linksFrom
    const events: NewEvent[] = []
    for (const node of announcedNodes(state)) {
      if (node.area.kind !== 'district') continue
      const power = this.#event('power', state, node, announced, now)
      const link = linksKnown ? this.#event('link', state, node, announced, now) : undefined
      for (const event of [power, link]) if (event) events.push(event)
    }
    return events
  }

  #event(
    what: 'power' | 'link',
    state: DayState,
    node: AreaNode,
    announced: Announced,
    now: number,
  ): NewEvent | undefined {
    const monitored = Array.from(node.schools, (index) => state.day.schools[index]!).filter(
      (school) => school.gateways.length > 0,
    )
    const isLost = what === 'power' ? hasLostPower : hasLostLink
    const schools = monitored.filter((school) => isLost(state, school, now)).length
    const share = monitored.length === 0 ? 0 : schools / monitored.length
    const matter = matters.outage(what, node.area.id)
    const told = announced.get(matter)
    const wasLost = told?.state === 'lost'
    const lost = wasLost ? share >= BACK_SHARE : share >= LOST_SHARE
    if (lost === wasLost || now - (told?.at ?? 0) < PAUSE_MS) return undefined
    announced.set(matter, { state: lost ? 'lost' : 'back', at: now })
    return {
      at: now,
      kind: lost ? `${what}-lost` : `${what}-back`,
      severity: lost ? 'caution' : 'info',
      area: node.area,
      school: null,
      params: { schools, total: monitored.length },
      simulated: isSimulated(state, node),
    }
  }
}

/** All gateways that lately told of the mains say that it is off. */
function hasLostPower(state: DayState, school: DaySchool, now: number): boolean {
  const told = school.gateways
    .map((gateway) => state.lives.get(gateway))
    .filter((life) => life?.power !== undefined && life.powerAt > now - POWER_FRESH_MS)
  return told.length > 0 && told.every((life) => life!.power! < 0.5)
}

/** No gateway is heard any more; one that was never heard has not lost its link. */
function hasLostLink(state: DayState, school: DaySchool, now: number): boolean {
  const heard = school.gateways.map((gateway) => state.lives.get(gateway)?.seenAt ?? 0).filter((at) => at > 0)
  return heard.length > 0 && heard.every((at) => at <= now - ONLINE_MS)
}
