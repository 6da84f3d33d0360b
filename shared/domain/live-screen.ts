import type { AreaTree } from '../contract/area.ts'
import type { IocEvent } from '../contract/event.ts'
import type { AreaIndicators, IndicatorValue, Period } from '../contract/indicator.ts'
import type { LiveBeat, LivePatch, LiveSnapshot, SystemState } from '../contract/live.ts'

/** Events a screen keeps, newest first. */
export const SCREEN_EVENTS = 30

/** What one screen knows: an area and its children, as of the patch numbered `seq` of `stream`. */
export interface LiveScreen {
  stream: string
  seq: number
  tree: AreaTree
  area: string
  /** By area code, then by `screenKey` of the value. */
  areas: ReadonlyMap<string, ReadonlyMap<string, IndicatorValue>>
  /** Newest first, at most SCREEN_EVENTS, unique by id. */
  events: readonly IocEvent[]
  system: SystemState
}

/** The key of a value within its area, `attendance-rate:morning`. */
export function screenKey(indicator: string, period: Period): string {
  return `${indicator}:${period}`
}

export function fromSnapshot(snapshot: LiveSnapshot): LiveScreen {
  return {
    stream: snapshot.stream,
    seq: snapshot.seq,
    tree: snapshot.tree,
    area: snapshot.area,
    areas: mergeAreas(new Map(), snapshot.areas),
    events: mergeEvents([], snapshot.events),
    system: snapshot.system,
  }
}

/**
 * The screen after a patch. A patch already contained (an older number) leaves the screen as it is; one that
 * does not follow directly, or is of another server's life, is a 'gap': only a new snapshot helps.
 */
export function applyPatch(screen: LiveScreen, patch: LivePatch): LiveScreen | 'gap' {
  if (patch.stream !== screen.stream) return 'gap'
  if (patch.seq <= screen.seq) return screen
  if (patch.seq > screen.seq + 1) return 'gap'
  return {
    ...screen,
    seq: patch.seq,
    areas: mergeAreas(screen.areas, patch.areas),
    events: mergeEvents(screen.events, patch.events),
    system: patch.system ?? screen.system,
  }
}

/** The screen after a beat: its system state is newer, and a number ahead of ours means that a patch was lost. */
export function applyBeat(screen: LiveScreen, beat: LiveBeat): LiveScreen | 'gap' {
  if (beat.stream !== screen.stream || beat.seq > screen.seq) return 'gap'
  return { ...screen, system: beat.system }
}

function mergeAreas(
  areas: LiveScreen['areas'],
  changed: readonly AreaIndicators[],
): ReadonlyMap<string, ReadonlyMap<string, IndicatorValue>> {
  if (changed.length === 0) return areas
  const merged = new Map(areas)
  for (const { area, values } of changed) {
    const known = new Map(merged.get(area))
    for (const value of values) known.set(screenKey(value.indicator, value.period), value)
    merged.set(area, known)
  }
  return merged
}

/** Both lists as one, each event once. */
function mergeEvents(known: readonly IocEvent[], fresh: readonly IocEvent[]): readonly IocEvent[] {
  if (fresh.length === 0) return known
  const byId = new Map([...known, ...fresh].map((event) => [event.id, event]))
  return [...byId.values()].sort(newestFirst).slice(0, SCREEN_EVENTS)
}

/** The order of a list of events: by time, then by id, so that any order of arrival ends in the same list. */
export function newestFirst(a: IocEvent, b: IocEvent): number {
  const difference = Date.parse(b.at) - Date.parse(a.at)
  if (difference !== 0) return difference
  return Number(b.id) - Number(a.id) || (a.id < b.id ? 1 : -1)
}
