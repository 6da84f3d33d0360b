import type { IndicatorPoint, IndicatorValue } from '../../shared/contract/indicator.ts'
import { dayOf, slotOf } from '../../shared/domain/time.ts'

/** History of one indicator on one day, oldest first, one point a slot of five minutes. */
export type Trail = readonly IndicatorPoint[]

/** A day has 288 slots; a trail that is longer has lost its way and is cut from the old end. */
export const LONGEST_TRAIL = 288

/**
 * The trail with a live value added. Within a slot the newer value replaces the older; a value of another day,
 * or older than the end of the trail, changes nothing.
 */
export function withValue(trail: Trail, value: IndicatorValue): Trail {
  const at = Date.parse(value.computedAt)
  const last = trail.at(-1)
  const lastAt = last === undefined ? undefined : Date.parse(last.at)
  if (lastAt !== undefined && (at < lastAt || dayOf(at) !== dayOf(lastAt))) return trail
  const point = { at: value.computedAt, value: value.value, status: value.status, coverage: value.coverage }
  const sameSlot = lastAt !== undefined && slotOf(lastAt) === slotOf(at)
  // The slot keeps its first moment, so that many small changes do not draw the line along.
  if (sameSlot) return [...trail.slice(0, -1), { ...point, at: last!.at }]
  return [...trail, point].slice(-LONGEST_TRAIL)
}
