import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { attendanceOption, axisEnd } from '../../../client/charts/attendance-option.ts'
import type { Palette } from '../../../client/charts/palette.ts'
import { RAMP_STEPS, rampBreaks, rampStep } from '../../../client/charts/ramp.ts'
import { sparklineOption, sparklineRange } from '../../../client/charts/sparkline-option.ts'
import { courseOf, definitions, SHOWN_AT } from '../../helpers/wall-province.ts'

const palette: Palette = {
  text: '#111111',
  label: '#222222',
  tick: '#333333',
  line: '#444444',
  grid: '#555555',
  panel: '#666666',
  series: ['#a00000', '#b00000', '#c00000', '#d00000'],
}
const FLOOR_PX = 28.8
const place = { palette, fontPx: FLOOR_PX }

/** Every value under a key anywhere in an option. */
function found(value: unknown, key: string): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => (name === key ? [inner] : found(inner, key)))
}

const Axis = z.object({ min: z.number(), max: z.number() })
const Bars = z.object({ name: z.string(), stack: z.string(), data: z.array(z.number().nullable()) })

describe('the bars of attendance', () => {
  const option = attendanceOption({
    sessions: [
      { name: 'Sáng', late: 1.3, excused: 1.6, unexcused: 0.5 },
      { name: 'Chiều', late: null, excused: null, unexcused: null },
    ],
    names: { late: 'Đi muộn', excused: 'Có phép', unexcused: 'Không phép' },
    format: (value) => String(value),
  })(place)

  test('stack the parts of each session, with nothing where nothing is known', () => {
    const series = z.array(Bars).parse(option['series'])
    expect(series.map(({ name, data }) => [name, ...data])).toEqual([
      ['Đi muộn', 1.3, null],
      ['Có phép', 1.6, null],
      ['Không phép', 0.5, null],
    ])
    expect(new Set(series.map(({ stack }) => stack)).size).toBe(1)
  })

  test('have an axis from zero whose end carries the unit', () => {
    const axis = Axis.extend({ axisLabel: z.object({ formatter: z.unknown() }) }).parse(option['xAxis'])
    expect([axis.min, axis.max]).toEqual([0, 5])
    const formatter = axis.axisLabel.formatter as (value: number) => string
    expect([0, 4, 5].map(formatter)).toEqual(['0', '4', '5 %'])
  })

  test('have no letter under the floor', () => {
    const sizes = found(option, 'fontSize')
    expect(sizes.length).toBeGreaterThan(0)
    for (const size of sizes) expect(size).toBeGreaterThanOrEqual(FLOOR_PX)
  })

  test('have an axis that grows in steps with the longest bar', () => {
    const ends = [0, 4.9, 5.1, 19, 60].map((late) => axisEnd([{ name: '', late, excused: 0, unexcused: 0 }]))
    expect(ends).toEqual([5, 5, 10, 20, 100])
  })
})

describe('a sparkline', () => {
  const limits = { warning: 97, critical: 95, unit: '%' }

  test('draws the day and a dot at its last known value', () => {
    const trail = courseOf('attendance-rate', SHOWN_AT)
    const option = sparklineOption({ trail, from: 0, to: 1, ...limits })(place)
    const [line, end] = z.array(z.object({ data: z.array(z.array(z.number())) })).parse(option['series'])
    expect(line!.data).toHaveLength(trail.length)
    expect(end!.data).toEqual([line!.data.at(-1)])
  })

  test('is empty without history, and does not fail', () => {
    const option = sparklineOption({ trail: [], from: 0, to: 1, ...limits })(place)
    expect(found(option, 'data')).toEqual([[], []])
  })

  test('does not make an event of noise', () => {
    const { low, high } = sparklineRange([97.9, 98.0, 97.95], limits)
    expect(high - low).toBeGreaterThanOrEqual(1)
    expect(low).toBeLessThan(97.9)
  })

  test('of shares stays within 0 to 100, and shows all values', () => {
    expect(sparklineRange([100, 99.9], limits).high).toBe(100)
    expect(sparklineRange([0, 0.1], { warning: 3, critical: 8, unit: '%' }).low).toBe(0)
    expect(sparklineRange([20, 99], limits)).toEqual({ low: 20, high: 99 })
  })
})

describe('the ramp of the map', () => {
  test.each(definitions.map((definition) => [definition.id, definition] as const))(
    'of %s has ascending steps that use both ends',
    (_id, definition) => {
      const breaks = rampBreaks(definition)
      expect(breaks).toEqual([...new Set(breaks)].sort((a, b) => a - b))
      expect(rampStep(breaks[0]! - 0.01, breaks)).toBe(0)
      expect(rampStep(breaks.at(-1)!, breaks)).toBe(RAMP_STEPS - 1)
    },
  )

  test('never hides a limit inside a step', () => {
    for (const definition of definitions.filter(({ unit }) => unit === '%')) {
      const breaks = rampBreaks(definition)
      expect(breaks).toContain(definition.warning)
      expect(breaks).toContain(definition.critical)
    }
  })

  test('has the good side of attendance in three steps', () => {
    const attendance = definitions.find(({ id }) => id === 'attendance-rate')!
    expect(rampBreaks(attendance)).toEqual([95, 97, 98, 99])
    expect([94.9, 95, 97, 98.5, 99.4].map((value) => rampStep(value, rampBreaks(attendance)))).toEqual([
      0, 1, 2, 3, 4,
    ])
  })
})
