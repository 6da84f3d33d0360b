import { expect, test } from 'vitest'
import { createClock, formatClock, isSimulated, parseClock, REAL_TIME } from '../../../shared/node/clock.ts'

test('a clock shows its moment at its anchor and runs at its speed from there', () => {
  let real = 1_000
  const clock = createClock({ real: 1_000, shown: 50_000, speed: 60 }, { now: () => real })
  expect(clock.now()).toBe(50_000)
  real = 2_000
  expect(clock.now()).toBe(110_000)
})

test('real time is not simulated, another moment or speed is', () => {
  expect(isSimulated(REAL_TIME)).toBe(false)
  expect(isSimulated({ real: 5, shown: 5, speed: 2 })).toBe(true)
  expect(isSimulated({ real: 5, shown: 6, speed: 1 })).toBe(true)
})

test('a setting survives being written and read', () => {
  const setting = { real: 1_700_000_000_000, shown: 1_690_000_000_000, speed: 2.5 }
  expect(parseClock(formatClock(setting))).toEqual(setting)
})

test.each(['', '1:2', '1:2:0', '1:2:-1', 'a:b:c', '1:2:3:4'])('%j is refused', (text) => {
  expect(() => parseClock(text)).toThrow(RangeError)
})
