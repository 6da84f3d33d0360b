import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const css = readFileSync(new URL('../../../client/tokens.css', import.meta.url), 'utf8')

/** Colours of a rule of tokens.css by name. */
function tokens(selector: string): Map<string, string> {
  const start = css.indexOf(`${selector} {`)
  const rule = css.slice(start, css.indexOf('\n}', start))
  return new Map(
    [...rule.matchAll(/--([a-z0-9-]+): (#[0-9a-f]{6});/g)].map((match) => [match[1]!, match[2]!]),
  )
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((start) => {
    const part = Number.parseInt(colour.slice(start, start + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}

/** Contrast of two colours as WCAG 2 reckons it, 1 to 21. */
function contrast(one: string, other: string): number {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (high! + 0.05) / (low! + 0.05)
}

describe.each([
  ['dark', ':root'],
  ['light', ':root[data-theme="light"]'],
])('the %s colours', (_name, selector) => {
  const colours = tokens(selector)
  const colour = (name: string) => {
    const found = colours.get(name)
    if (found === undefined) throw new Error(`no colour ${name}`)
    return found
  }
  const surfaces = ['base', 'panel', 'raised']

  test('of values and labels stand out 7 to 1, all other text 4.5 to 1', () => {
    for (const surface of surfaces) {
      for (const text of ['text', 'text-2']) {
        expect(contrast(colour(text), colour(surface)), `${text} on ${surface}`).toBeGreaterThanOrEqual(7)
      }
      expect(contrast(colour('text-3'), colour(surface)), `text-3 on ${surface}`).toBeGreaterThanOrEqual(4.5)
    }
    // Nothing that carries a level stands on a raised surface.
    for (const surface of ['base', 'panel']) {
      for (const text of ['critical', 'warning', 'caution', 'info', 'normal', 'none']) {
        expect(contrast(colour(text), colour(surface)), `${text} on ${surface}`).toBeGreaterThanOrEqual(4.5)
      }
    }
  })

  test('of the map carry names and values 7 to 1 on every step', () => {
    for (const step of [0, 1, 2, 3, 4]) {
      const measured = contrast(colour(`ramp-${step}-ink`), colour(`ramp-${step}`))
      expect(measured, `step ${step}`).toBeGreaterThanOrEqual(7)
    }
  })

  test('of the map run one way from little to much', () => {
    const steps = [0, 1, 2, 3, 4].map((step) => luminance(colour(`ramp-${step}`)))
    const sorted = [...steps].sort((a, b) => (selector === ':root' ? a - b : b - a))
    expect(steps).toEqual(sorted)
    for (let step = 1; step < steps.length; step++) {
      expect(contrast(colour(`ramp-${step}`), colour(`ramp-${step - 1}`)), `step ${step}`).toBeGreaterThan(
        1.2,
      )
    }
  })

  test('of lines and bars stand out 3 to 1 on a panel', () => {
    for (const mark of ['spark', 'series-1', 'series-2', 'series-3', 'series-4']) {
      expect(contrast(colour(mark), colour('panel')), mark).toBeGreaterThanOrEqual(3)
    }
  })

  test('of signs stand out on the plate they have on the map', () => {
    for (const sign of ['critical', 'warning']) {
      expect(contrast(colour(sign), colour('sign-plate')), sign).toBeGreaterThanOrEqual(4.5)
    }
  })
})

test('both themes name the same colours', () => {
  const names = (selector: string) => [...tokens(selector).keys()].sort()
  expect(names(':root[data-theme="light"]')).toEqual(names(':root'))
})
