import type { IndicatorValue } from '../../shared/contract/indicator.ts'
import type { DaySchool } from './day-registry.ts'
import type { DayState } from './day-state.ts'
import { indicatorValue } from './values.ts'

/** The values of one school, by the limits of its level. */
export function schoolValues(state: DayState, school: DaySchool, now: number): IndicatorValue[] {
  return state.catalogue.keys.map((key) => {
    const { sum, expected, dataAt } = state.table.get(key.index, school.index)
    const reporting = expected && sum.denominator > 0
    return indicatorValue(
      key,
      {
        sum,
        coverage: { reporting: reporting ? 1 : 0, expected: expected ? 1 : 0 },
        previous: key.period === 'now' ? undefined : state.previous.sum(key.index, school.index),
        dataAt: reporting ? dataAt : 0,
      },
      state.limits.of(key.entry, school.level),
      state.day.day,
      now,
    )
  })
}
