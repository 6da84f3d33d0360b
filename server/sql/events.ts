import type { AreaTree } from '../../shared/contract/area.ts'
import { IocEvent } from '../../shared/contract/event.ts'
import type { Queryable } from '../../shared/db/connect.ts'
import { dayOf } from '../../shared/domain/time.ts'
import { question, Timestamp } from './read.ts'

const read = question('events', IocEvent.extend({ at: Timestamp }))

/** The latest events in and under an area, newest first; `now` in milliseconds. */
export function readEvents(
  database: Queryable,
  asked: { area: string; tree: AreaTree; now: number; limit: number },
): Promise<IocEvent[]> {
  const { area, tree, now, limit } = asked
  return read(database, [area, tree, dayOf(now), new Date(now), limit])
}
