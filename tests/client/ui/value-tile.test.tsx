import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, test } from 'vitest'
import { createReader } from '../../../client/lib/reader.tsx'
import { valueView } from '../../../client/lib/value-view.ts'
import { ValueTile } from '../../../client/ui/value-tile.tsx'
import { definitions, type Given, indicatorValue, SHOWN_AT } from '../../helpers/wall-province.ts'

const flood = definitions.find(({ id }) => id === 'flood-alarm-level')!

function markup(given: Given, level: 'fresh' | 'ageing' | 'stale' = 'fresh') {
  const value = indicatorValue(flood.id, 'now', given)
  const freshness = { level, cause: null, age: 60_000 }
  const question = {
    id: flood.id,
    value,
    definition: flood,
    freshness,
    shown: SHOWN_AT,
    room: 'narrow' as const,
  }
  return renderToStaticMarkup(<ValueTile id={flood.id} view={valueView(question, createReader('vi'))} />)
}

describe('a tile', () => {
  test('names its level by shape and word, not by colour alone', () => {
    expect(markup({ value: 2 })).toContain('data-tone="critical"')
    expect(markup({ value: 2 })).toMatch(/<svg[^>]*tone-critical.*Nghiêm trọng/)
  })

  test('loses its colour when stale, but not its value', () => {
    const stale = markup({ value: 2 }, 'stale')
    expect(stale).toContain('data-tone="none"')
    expect(stale).toContain('<span class="tile-value">2</span>')
    expect(stale).toContain('Cũ · 1 phút')
  })

  test('puts the word of a level before its figure', () => {
    expect(markup({ value: 1 })).toMatch(/cấp<\/span><span class="tile-value">1/)
  })
})
