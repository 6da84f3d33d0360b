import type { AreaTree } from '../../shared/contract/area.ts'
import { IocError } from '../../shared/node/errors.ts'
import { refused } from '../http/errors.ts'
import type { Board } from '../indicators/board.ts'

/** @throws IocError not-found when the tree has no such area today. */
export function requireArea(board: Board, tree: AreaTree, code: string): void {
  if (board.area(tree, code) === undefined) {
    throw new IocError('not-found', { what: `area in the tree ${tree}`, value: code })
  }
}

/**
 * Checks a span of time, and that it holds at most `limit` buckets of `stepMs`.
 * @throws IocError bad-request
 */
export function requireSpan(
  { from, to }: { from: string; to: string },
  buckets?: { stepMs: number; limit: number; remedy: string },
): void {
  const length = Date.parse(to) - Date.parse(from)
  if (length <= 0) throw refused([{ field: 'to', value: to, remedy: `give a moment after from (${from})` }])
  if (!buckets) return
  const count = Math.ceil(length / buckets.stepMs)
  if (count > buckets.limit) {
    const remedy = `the span holds ${count} points, more than ${buckets.limit}: ${buckets.remedy}`
    throw refused([{ field: 'to', value: to, remedy }])
  }
}

/** Checks two ends of a time that may be given or not. @throws IocError bad-request */
export function requireOrder({
  since,
  until,
}: {
  since?: string | undefined
  until?: string | undefined
}): void {
  if (since === undefined || until === undefined || Date.parse(until) > Date.parse(since)) return
  throw refused([{ field: 'until', value: until, remedy: `give a moment after since (${since})` }])
}
