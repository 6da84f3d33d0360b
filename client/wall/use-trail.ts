import { useQuery } from '@tanstack/react-query'
import type { Period } from '../../shared/contract/indicator.ts'
import { dayOf, startOfDay } from '../../shared/domain/time.ts'
import { ask } from '../lib/api.ts'
import { keys } from '../live/keys.ts'
import { LONGEST_TRAIL, type Trail } from '../live/trail.ts'

const RENEW_MS = 300_000
/** A fast clock fills a slot sooner, but the server is never asked more often than this. */
const RENEW_AT_MOST_MS = 15_000

export interface TrailOf {
  area: string
  indicator: string
  period: Period | undefined
  /** The shown moment, in milliseconds, and how fast it runs. */
  shown: number
  speed: number
}

/** Today's history of an indicator; live values are added to it by the store as they come. */
export function useTrail({ area, indicator, period, shown, speed }: TrailOf): Trail {
  const day = dayOf(shown)
  const { data } = useQuery({
    queryKey: keys.series(area, indicator, period ?? 'now', day),
    queryFn: async ({ signal }): Promise<Trail> => {
      const query = {
        area,
        period,
        from: iso(startOfDay(day)),
        to: iso(startOfDay(day) + DAY_MS),
        step: '5m',
      }
      const reply = await ask('indicatorSeries', { params: { id: indicator }, query, signal })
      return reply.points.slice(-LONGEST_TRAIL)
    },
    enabled: period !== undefined && shown > 0,
    refetchInterval: Math.max(RENEW_AT_MOST_MS, RENEW_MS / Math.max(1, speed)),
  })
  return data ?? NOTHING
}

const DAY_MS = 86_400_000
const NOTHING: Trail = []

function iso(moment: number): string {
  return new Date(moment).toISOString()
}
