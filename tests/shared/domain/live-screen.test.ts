import { describe, expect, test } from 'vitest'
import type { IocEvent } from '../../../shared/contract/event.ts'
import type { IndicatorValue } from '../../../shared/contract/indicator.ts'
import type { LiveBeat, LivePatch, LiveSnapshot, SystemState } from '../../../shared/contract/live.ts'
import {
  applyBeat,
  applyPatch,
  fromSnapshot,
  type LiveScreen,
  SCREEN_EVENTS,
} from '../../../shared/domain/live-screen.ts'

const value = (indicator: string, shown: number): IndicatorValue => ({
  indicator,
  period: 'day',
  value: shown,
  numerator: shown,
  denominator: 100,
  status: 'ok',
  coverage: { reporting: 1, expected: 1 },
  previous: null,
  dataAt: null,
  computedAt: '2026-11-23T01:00:00.000Z',
})
const event = (id: number, second = id): IocEvent => ({
  id: String(id),
  at: new Date(Date.UTC(2026, 10, 23, 1, 0, second)).toISOString(),
  kind: 'link-lost',
  severity: 'info',
  area: '412',
  areaName: 'Vinh',
  school: null,
  schoolName: null,
  params: {},
  simulated: true,
})
const system = (version: string) => ({ version }) as SystemState
const snapshot: LiveSnapshot = {
  stream: 'a',
  seq: 5,
  tree: 'former-district',
  area: '40',
  areas: [{ area: '40', values: [value('late-rate', 1), value('schools-open', 90)] }],
  events: [event(1)],
  system: system('1'),
}
const patch = (more: Partial<LivePatch>): LivePatch => ({
  stream: 'a',
  seq: 6,
  area: '40',
  areas: [],
  events: [],
  ...more,
})
const screen = fromSnapshot(snapshot)
const shown = (one: LiveScreen | 'gap', area: string, key: string) =>
  one === 'gap' ? one : one.areas.get(area)?.get(key)?.value

describe('a patch', () => {
  test('that follows replaces the values it names and leaves the others', () => {
    const next = applyPatch(screen, patch({ areas: [{ area: '40', values: [value('late-rate', 2)] }] }))
    expect(shown(next, '40', 'late-rate:day')).toBe(2)
    expect(shown(next, '40', 'schools-open:day')).toBe(90)
    expect(next).toMatchObject({ seq: 6, system: { version: '1' } })
  })

  test('does not touch the screen before it', () => {
    applyPatch(
      screen,
      patch({ areas: [{ area: '40', values: [value('late-rate', 2)] }], events: [event(2)] }),
    )
    expect(screen).toEqual(fromSnapshot(snapshot))
  })

  test('already contained leaves the very same screen', () => {
    expect(
      applyPatch(screen, patch({ seq: 5, areas: [{ area: '40', values: [value('late-rate', 2)] }] })),
    ).toBe(screen)
    expect(applyPatch(screen, patch({ seq: 1 }))).toBe(screen)
  })

  test('that skips a number or is of another stream is a gap', () => {
    expect(applyPatch(screen, patch({ seq: 7 }))).toBe('gap')
    expect(applyPatch(screen, patch({ stream: 'b', seq: 6 }))).toBe('gap')
    expect(applyPatch(screen, patch({ stream: 'b', seq: 5 }))).toBe('gap')
  })

  test('brings a newer state of the system where it has one', () => {
    expect(applyPatch(screen, patch({ system: system('2') }))).toMatchObject({ system: { version: '2' } })
  })
})

test('events are kept newest first, once each, thirty at most, whatever their order of arrival', () => {
  const many = Array.from({ length: 40 }, (_, n) => event(n + 1))
  const inOrder = applyPatch(screen, patch({ events: many }))
  const backwards = applyPatch(screen, patch({ events: [...many].reverse() }))
  expect(inOrder).toEqual(backwards)
  expect((inOrder as LiveScreen).events.map(({ id }) => Number(id))).toEqual(
    Array.from({ length: SCREEN_EVENTS }, (_, n) => 40 - n),
  )
})

test('of events at the same moment the later number comes first', () => {
  const next = applyPatch(screen, patch({ events: [event(9, 1), event(10, 1)] })) as LiveScreen
  expect(next.events.map(({ id }) => id)).toEqual(['10', '9', '1'])
})

describe('a beat', () => {
  const beat = (more: Partial<LiveBeat>): LiveBeat => ({
    stream: 'a',
    seq: 5,
    at: '2026-11-23T01:00:00.000Z',
    system: system('2'),
    ...more,
  })

  test('of our own number brings the newer state of the system and nothing else', () => {
    expect(applyBeat(screen, beat({}))).toEqual({ ...screen, system: system('2') })
  })

  test('ahead of us, or of another stream, is a gap', () => {
    expect(applyBeat(screen, beat({ seq: 6 }))).toBe('gap')
    expect(applyBeat(screen, beat({ stream: 'b' }))).toBe('gap')
  })
})
