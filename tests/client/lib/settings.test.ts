import { describe, expect, test } from 'vitest'
import { addressOf } from '../../../client/lib/api.ts'
import { readSettings } from '../../../client/lib/settings.ts'
import { floorVh, typeScale } from '../../../client/lib/type-scale.ts'
import { pageOf } from '../../../client/paths.ts'

describe('the settings of a wall', () => {
  test('have defaults that need no address', () => {
    expect(readSettings('')).toEqual({
      language: 'vi',
      theme: 'dark',
      area: '40',
      indicator: undefined,
      distance: 4,
      height: 1,
    })
  })

  test('are read from the address', () => {
    expect(readSettings('?lang=en&theme=light&area=412&indicator=late-rate&d=5,5&h=1.37')).toEqual({
      language: 'en',
      theme: 'light',
      area: '412',
      indicator: 'late-rate',
      distance: 5.5,
      height: 1.37,
    })
  })

  test('pass over what means nothing', () => {
    expect(readSettings('?lang=fr&theme=pink&area=<b>&indicator=..%2F&d=far&h=-1')).toEqual(readSettings(''))
  })
})

describe('letters', () => {
  test.each([
    [3, 2.0],
    [4, 2.67],
    [5, 3.33],
    [6, 4.0],
  ])('at %d picture heights are at least %f vh, 16 minutes of arc', (distance, floor) => {
    expect(floorVh(distance, 1)).toBeCloseTo(floor, 1)
    expect(floorVh(distance * 1.37, 1.37)).toBeCloseTo(floorVh(distance, 1), 9)
  })

  test('grow with distance beyond four heights, on a screen that holds half as much', () => {
    expect(typeScale(4, 1)).toEqual({ factor: 1, density: 'full' })
    expect(typeScale(2, 1)).toEqual({ factor: 1, density: 'full' })
    expect(typeScale(5, 1)).toEqual({ factor: 1.25, density: 'half' })
    expect(typeScale(40, 1)).toEqual({ factor: 1.5, density: 'half' })
  })
})

test('addresses lead to pages', () => {
  expect(pageOf('/')).toBe('start')
  expect(pageOf('/wall')).toBe('wall')
  expect(pageOf('/wall/')).toBe('wall')
  expect(pageOf('/walls')).toBe('unknown')
})

test('an address of the API has its parameters filled in and escaped', () => {
  const query = { area: '40', period: undefined, from: '2026-11-23T00:00:00.000+07:00' }
  expect(addressOf('indicatorSeries', { params: { id: 'a/b' }, query })).toBe(
    '/api/v1/indicators/a%2Fb/series?area=40&from=2026-11-23T00%3A00%3A00.000%2B07%3A00',
  )
})
