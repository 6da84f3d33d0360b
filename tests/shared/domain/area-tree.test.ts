import { expect, test } from 'vitest'
import { treeOnDay } from '../../../shared/domain/area-tree.ts'

// 1 province; 2 district until mid 2025; 3, 4 communes since. School 10 moved with the law.
const edges = [
  { area: 2, parent: 1, validFrom: '2022-01-01', validTo: '2025-06-30' },
  { area: 3, parent: 1, validFrom: '2025-07-01', validTo: null },
  { area: 4, parent: 1, validFrom: '2025-07-01', validTo: null },
]
const places = [
  { school: 10, area: 2, validFrom: '2022-01-01', validTo: '2025-06-30' },
  { school: 10, area: 3, validFrom: '2025-07-01', validTo: null },
  { school: 11, area: 4, validFrom: '2025-07-01', validTo: '2026-05-31' },
]

test('the day before and the day of the change give different lines', () => {
  expect(treeOnDay(edges, places, '2025-06-30').areasOfSchool(10)).toEqual([2, 1])
  expect(treeOnDay(edges, places, '2025-07-01').areasOfSchool(10)).toEqual([3, 1])
})

test('a school that ended is in no area after its last day', () => {
  expect(treeOnDay(edges, places, '2026-05-31').schoolsOf(1)).toEqual([10, 11])
  expect(treeOnDay(edges, places, '2026-06-01').schoolsOf(1)).toEqual([10])
})

test('a cycle is an error naming an area, not an endless walk', () => {
  const loop = [
    { area: 1, parent: 2, validFrom: '2022-01-01', validTo: null },
    { area: 2, parent: 1, validFrom: '2022-01-01', validTo: null },
  ]
  expect(() =>
    treeOnDay(loop, [{ school: 1, area: 1, validFrom: '2022-01-01', validTo: null }], '2026-01-01'),
  ).toThrow(/cycle at area 1/)
})
