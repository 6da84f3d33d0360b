import type { Period } from '../../shared/contract/indicator.ts'

/** Keys of the store. */
export const keys = {
  screen: ['screen'] as const,
  contact: ['contact'] as const,
  clock: ['clock'] as const,
  areas: ['areas'] as const,
  definitions: (area: string) => ['definitions', area] as const,
  /** History of one indicator of an area on one day of the province. */
  series: (area: string, indicator: string, period: Period, day: string) =>
    ['series', area, indicator, period, day] as const,
  everySeries: (area: string, indicator: string, period: Period) =>
    ['series', area, indicator, period] as const,
}
