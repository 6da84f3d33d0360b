import { QueryClient } from '@tanstack/react-query'
import { beforeEach, describe, expect, test } from 'vitest'
import { keys } from '../../../client/live/keys.ts'
import { LiveStore } from '../../../client/live/store.ts'
import { LONGEST_TRAIL, type Trail, withValue } from '../../../client/live/trail.ts'
import type { IndicatorValue } from '../../../shared/contract/indicator.ts'
import type { LiveSnapshot } from '../../../shared/contract/live.ts'
import { fromSnapshot, type LiveScreen } from '../../../shared/domain/live-screen.ts'
import { SLOT_MS } from '../../../shared/domain/time.ts'
import { DAY, indicatorValue, SHOWN_AT } from '../../helpers/wall-province.ts'

const system: LiveSnapshot['system'] = {
  clock: { simulated: false, anchorReal: 0, anchorShown: 0, speed: 1 },
  simulatedSchools: 0,
  schools: 1517,
  newestDataAt: new Date(SHOWN_AT).toISOString(),
  messagesPerSecond: 1,
  deadLettersToday: 0,
  openSchools: 1517,
  closedSchools: 0,
  unreportedSchools: 0,
  databaseReachable: true,
  version: '1',
}
const attendance = (value: number, at = SHOWN_AT) =>
  indicatorValue('attendance-rate', 'morning', { value, at })
const snapshot = (seq: number, value: number): LiveSnapshot => ({
  stream: 's1',
  seq,
  tree: 'former-district',
  area: '40',
  areas: [{ area: '40', values: [attendance(value)] }],
  events: [],
  system,
})
const patch = (seq: number, value: IndicatorValue) => ({
  stream: 's1',
  seq,
  area: '40',
  areas: [{ area: '40', values: [value] }],
  events: [],
})

describe('the store', () => {
  let client: QueryClient
  let store: LiveStore
  let now: number
  const screen = () => client.getQueryData<LiveScreen>(keys.screen)
  const shown = () => screen()?.areas.get('40')?.get('attendance-rate:morning')?.value

  beforeEach(() => {
    client = new QueryClient()
    now = 5_000
    store = new LiveStore(client, () => now)
    store.open()
  })

  test('holds what the reducer makes of snapshot and patches', () => {
    store.takeSnapshot(snapshot(7, 97))
    expect(store.takePatch(patch(8, attendance(96.5)))).toBe('taken')
    expect(screen()).toEqual({ ...fromSnapshot(snapshot(8, 96.5)), system })
  })

  test('has a change at once, without waiting for anything', () => {
    store.takeSnapshot(snapshot(7, 97))
    store.takePatch(patch(8, attendance(90)))
    expect(shown()).toBe(90)
  })

  test('keeps the screen and asks for a snapshot after a gap', () => {
    store.takeSnapshot(snapshot(7, 97))
    expect(store.takePatch(patch(9, attendance(12)))).toBe('gap')
    expect(shown()).toBe(97)
    store.takeSnapshot(snapshot(9, 95))
    expect(shown()).toBe(95)
  })

  test('notices from a beat that a patch was lost', () => {
    store.takeSnapshot(snapshot(7, 97))
    const at = new Date(SHOWN_AT).toISOString()
    expect(store.takeBeat({ stream: 's1', seq: 7, at, system })).toBe('taken')
    expect(store.takeBeat({ stream: 's1', seq: 8, at, system })).toBe('gap')
    expect(store.takeBeat({ stream: 's2', seq: 7, at, system })).toBe('gap')
  })

  test('counts everything that comes as contact, a gap too', () => {
    expect(store.contact()).toEqual({ openedAt: 5_000, lastAt: undefined })
    now = 6_000
    expect(store.takePatch(patch(9, attendance(12)))).toBe('gap')
    expect(store.contact()).toEqual({ openedAt: 5_000, lastAt: 6_000 })
  })

  test('lengthens the history of what changed, of today only', () => {
    const queryKey = keys.series('40', 'attendance-rate', 'morning', DAY)
    store.takeSnapshot(snapshot(7, 97))
    const point = { at: new Date(SHOWN_AT - SLOT_MS).toISOString(), value: 97, status: 'ok' as const }
    client.setQueryData<Trail>(queryKey, [{ ...point, coverage: { reporting: 1, expected: 1 } }])
    store.takePatch(patch(8, attendance(96)))
    expect(client.getQueryData<Trail>(queryKey)?.map(({ value }) => value)).toEqual([97, 96])
  })
})

describe('a trail', () => {
  const start = SHOWN_AT - (SHOWN_AT % SLOT_MS)

  test('has one point a slot, the newest', () => {
    let trail: Trail = []
    for (const [index, value] of [97, 96, 95].entries())
      trail = withValue(trail, attendance(value, start + index * 1000))
    expect(trail).toHaveLength(1)
    expect(trail[0]).toMatchObject({ at: new Date(start).toISOString(), value: 95 })
    expect(withValue(trail, attendance(94, start + SLOT_MS))).toHaveLength(2)
  })

  test('takes nothing older than its end, and nothing of another day', () => {
    const trail = withValue([], attendance(97, start))
    expect(withValue(trail, attendance(50, start - SLOT_MS))).toBe(trail)
    expect(withValue(trail, attendance(50, start + 86_400_000))).toBe(trail)
  })

  test('never grows longer than a day', () => {
    let trail: Trail = []
    const midnight = SHOWN_AT - (9 * 60 + 42) * 60_000
    for (let at = midnight; at < midnight + 86_400_000; at += 60_000)
      trail = withValue(trail, attendance(97, at))
    expect(trail).toHaveLength(LONGEST_TRAIL)
  })
})
