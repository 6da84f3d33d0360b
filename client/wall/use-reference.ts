import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Area } from '../../shared/contract/area.ts'
import type { IndicatorDefinition } from '../../shared/contract/indicator.ts'
import { ask } from '../lib/api.ts'
import { keys } from '../live/keys.ts'

/** Names and tiles of the areas of the wall's tree; renewed hourly, because areas change on a date. */
export function useAreas(): readonly Area[] {
  const { data } = useQuery({
    queryKey: keys.areas,
    queryFn: ({ signal }) => ask('areas', { query: { tree: 'former-district' }, signal }),
    refetchInterval: HOUR_MS,
    gcTime: Number.POSITIVE_INFINITY,
    select: (reply) => reply.areas,
  })
  return data ?? NO_AREAS
}

/** What the indicators mean, by id; renewed hourly, because limits are the department's to correct. */
export function useDefinitions(area: string): ReadonlyMap<string, IndicatorDefinition> {
  const { data } = useQuery({
    queryKey: keys.definitions(area),
    queryFn: ({ signal }) => ask('indicators', { query: { area }, signal }),
    refetchInterval: HOUR_MS,
    gcTime: Number.POSITIVE_INFINITY,
    select: (reply) => reply.definitions,
  })
  return useMemo(() => new Map((data ?? []).map((definition) => [definition.id, definition])), [data])
}

const HOUR_MS = 3_600_000
const NO_AREAS: readonly Area[] = []
