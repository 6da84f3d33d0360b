import { DAY_MS } from '../../../shared/domain/time.ts'
import type { DaySchool } from '../day-registry.ts'
import type { DayState } from '../day-state.ts'
import type { RegistryArea } from '../registry.ts'
import { statusAt } from '../school-hours.ts'
import { type Announced, matters } from './announced.ts'
import type { NewEvent } from './new-event.ts'

/** News of a school older than this is no news any more. */
const NEWS_MS = DAY_MS

/** Schools that closed or opened again. A school is taken for open until it says otherwise. */
export function schoolEvents(state: DayState, announced: Announced, now: number): NewEvent[] {
  const events: NewEvent[] = []
  for (const school of state.day.schools) {
    const status = statusAt(state.statuses[school.index]!, now)
    if (!status || status.since < now - NEWS_MS) continue
    const matter = matters.school(school.id)
    const told = announced.get(matter)?.state ?? 'open'
    const is = status.open ? 'open' : 'closed'
    if (is === told) continue
    announced.set(matter, { state: is, at: status.since })
    const area = placeOf(state, school)
    if (!area) continue
    events.push({
      at: status.since,
      kind: status.open ? 'school-opened' : 'school-closed',
      severity: status.open ? 'info' : 'caution',
      area,
      school,
      params: { reason: status.reason },
      simulated: school.simulated,
    })
  }
  return events
}

/** The smallest area the school is in. */
function placeOf(state: DayState, school: DaySchool): RegistryArea | undefined {
  const { trees } = state.day
  const leaf =
    trees['former-district'].areasOfSchool(school.id)[0] ?? trees.administrative.areasOfSchool(school.id)[0]
  return leaf === undefined ? undefined : state.areas.get(leaf)
}
