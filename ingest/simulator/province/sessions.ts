import type { SchoolLevel } from '../../../shared/contract/primitives.ts'
import { keyOf, pick } from '../random.ts'
import type { SimSession } from './school.ts'

const [START, DAYS] = [keyOf('start'), keyOf('afternoons')] as [number, number]

const WEEK = [1, 2, 3, 4, 5]
const WITH_SATURDAY = [1, 2, 3, 4, 5, 6]

/**
 * The week of a school. Primary schools hold nine sessions or more; secondary schools come on Saturday mornings
 * and on some afternoons, eleven sessions at most (domain facts, section 3).
 */
export function simSessions(key: number, level: SchoolLevel): SimSession[] {
  const start = pick(['07:00', '07:15'], key, START)
  const morning = (ends: string, weekdays: readonly number[]): SimSession => ({
    session: 'morning',
    weekdays,
    starts: start,
    ends,
  })
  const afternoon = (starts: string, ends: string, weekdays: readonly number[]): SimSession => ({
    session: 'afternoon',
    weekdays,
    starts,
    ends,
  })
  switch (level) {
    case 'preschool':
      return [morning('10:45', WEEK), afternoon('14:00', '16:30', WEEK)]
    case 'primary': {
      const days = pick([WEEK, [1, 2, 3, 4], [1, 2, 4, 5]], key, DAYS)
      return [morning('10:40', WEEK), afternoon('14:00', '16:20', days)]
    }
    case 'lower_secondary': {
      const days = pick([[1, 3, 5], [2, 4], [1, 2, 4], WEEK], key, DAYS)
      return [morning('11:15', WITH_SATURDAY), afternoon('13:45', '16:45', days)]
    }
    case 'upper_secondary': {
      const days = pick([[1, 2, 4], [2, 4, 5], WEEK], key, DAYS)
      return [morning('11:15', WITH_SATURDAY), afternoon('13:45', '17:00', days)]
    }
    case 'continuing':
      return [morning('11:00', WEEK), afternoon('13:45', '16:30', [2, 4])]
  }
}
