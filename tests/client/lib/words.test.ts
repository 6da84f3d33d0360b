import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { en } from '../../../client/lib/words.en.ts'
import { vi } from '../../../client/lib/words.vi.ts'
import { IndicatorDefinition, IndicatorStatus, Period } from '../../../shared/contract/indicator.ts'
import { Severity } from '../../../shared/contract/primitives.ts'

type Leaf = { path: string; word: unknown }

function leaves(words: object, path = ''): Leaf[] {
  return Object.entries(words).flatMap(([key, word]) => {
    const inner = path === '' ? key : `${path}.${key}`
    return typeof word === 'object' && word !== null ? leaves(word, inner) : [{ path: inner, word }]
  })
}

/** What a word says, a sentence with its places filled. */
const said = ({ word }: Leaf): string =>
  typeof word === 'function'
    ? String(word(...Array.from({ length: word.length }, (_, index) => `<${index}>`)))
    : String(word)

describe('the words', () => {
  test('hold the same keys in both languages, of the same kind', () => {
    const shape = (words: object) =>
      leaves(words)
        .map(
          ({ path, word }) =>
            `${path}: ${typeof word === 'function' ? `sentence of ${word.length}` : typeof word}`,
        )
        .sort()
    expect(shape(en)).toEqual(shape(vi))
  })

  test.each([
    ['Vietnamese', vi],
    ['English', en],
  ])('are none of them empty, and %s ones are composed', (_name, words) => {
    for (const leaf of leaves(words)) {
      expect(said(leaf).trim(), leaf.path).not.toBe('')
      expect(said(leaf), leaf.path).toBe(said(leaf).normalize('NFC'))
    }
  })

  test('a sentence uses everything it is given', () => {
    for (const words of [vi, en]) {
      for (const leaf of leaves(words)) {
        if (typeof leaf.word !== 'function') continue
        for (let index = 0; index < leaf.word.length; index++)
          expect(said(leaf), leaf.path).toContain(`<${index}>`)
      }
    }
  })

  test('name every indicator of the catalogue, and every level, status and period of the contract', () => {
    const catalogue = z
      .object({ indicators: z.array(IndicatorDefinition.pick({ id: true, unit: true })) })
      .parse(
        JSON.parse(readFileSync(new URL('../../../shared/data/indicators.json', import.meta.url), 'utf8')),
      )
    for (const words of [vi, en]) {
      expect(Object.keys(words.indicator).sort()).toEqual(catalogue.indicators.map(({ id }) => id).sort())
      expect(Object.keys(words.unit).sort()).toEqual([...IndicatorDefinition.shape.unit.options].sort())
      expect(Object.keys(words.status).sort()).toEqual([...IndicatorStatus.options].sort())
      expect(Object.keys(words.severity).sort()).toEqual([...Severity.options].sort())
      expect(Object.keys(words.period).sort()).toEqual([...Period.options].sort())
    }
  })
})
