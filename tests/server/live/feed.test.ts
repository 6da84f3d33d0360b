import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LiveFeed } from '../../../server/live/feed.ts'
import type { IocEvent } from '../../../shared/contract/event.ts'
import {
  BEAT_MS,
  type LiveBeat,
  type LivePatch,
  type SystemState,
  TICK_MS,
} from '../../../shared/contract/live.ts'
import { realClock } from '../../../shared/node/clock.ts'
import { silentLog } from '../../helpers/database.ts'
import { eventOf, HandBoard, indicatorValue } from './hand-board.ts'

const TREE = 'former-district'

let board: HandBoard
let feed: LiveFeed
let patches: { key: string; patch: LivePatch }[]
let beats: { key: string; beat: LiveBeat }[]
let watched: boolean
let past: () => Promise<IocEvent[]>

beforeEach(() => {
  vi.useFakeTimers()
  board = new HandBoard()
  patches = []
  beats = []
  watched = true
  past = async () => []
  feed = new LiveFeed(
    {
      board,
      clock: realClock,
      log: silentLog,
      system: { current: () => ({ version: '0.0.0' }) as SystemState },
      loadEvents: () => past(),
    },
    {
      patch: (key, patch) => patches.push({ key, patch }),
      beat: (key, beat) => beats.push({ key, beat }),
      isWatched: () => watched,
    },
  )
  feed.start()
})
afterEach(() => {
  feed.stop()
  vi.useRealTimers()
})

const SYSTEM = {} as SystemState
/** Opens a room and looks at it, as a watcher does. */
function open(area: string) {
  const opened = feed.open(TREE, area)!
  opened.room.snapshot(SYSTEM)
  return opened
}
const change = (value: number) =>
  board.tick([{ tree: TREE, area: '412', values: [indicatorValue('late-rate', value)] }])

test('the first change leaves at once, those that follow closely leave together', async () => {
  open('40')
  await vi.advanceTimersByTimeAsync(TICK_MS)
  change(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(patches).toHaveLength(1)
  for (let value = 2; value <= 20; value++) {
    change(value)
    await vi.advanceTimersByTimeAsync(10)
  }
  await vi.advanceTimersByTimeAsync(TICK_MS)
  expect(patches).toHaveLength(2)
  expect(patches[1]!.patch).toMatchObject({ seq: 2, areas: [{ area: '412', values: [{ value: 20 }] }] })
})

test('one change reaches every room that shows the area, each with its own numbers', async () => {
  open('40')
  change(1)
  await vi.advanceTimersByTimeAsync(TICK_MS)
  open('412')
  change(2)
  await vi.advanceTimersByTimeAsync(TICK_MS)
  expect(patches.map(({ key, patch }) => [key, patch.seq])).toEqual([
    ['former-district/40', 1],
    ['former-district/40', 2],
    ['former-district/412', 1],
  ])
})

test('a beat tells every room its number, also when nothing happens', async () => {
  const { room } = open('40')
  await vi.advanceTimersByTimeAsync(2 * BEAT_MS)
  expect(beats).toMatchObject([
    { key: 'former-district/40', beat: { stream: room.stream, seq: 0 } },
    { key: 'former-district/40', beat: { stream: room.stream, seq: 0 } },
  ])
})

test('a room nobody watches is forgotten, and its next life has another stream', async () => {
  const first = open('40').room
  expect(open('40').room).toBe(first)
  watched = false
  await vi.advanceTimersByTimeAsync(BEAT_MS)
  expect(beats).toEqual([])
  expect(feed.open(TREE, '40')!.room.stream).not.toBe(first.stream)
})

test('a change without a tick is in the patch of the next beat', async () => {
  open('40')
  board.set(TREE, '412', [indicatorValue('late-rate', 7)])
  await vi.advanceTimersByTimeAsync(BEAT_MS)
  expect(patches).toMatchObject([{ patch: { areas: [{ area: '412', values: [{ value: 7 }] }] } }])
  expect(beats[0]!.beat.seq).toBe(1)
})

test('when a value goes, the room begins a new stream', async () => {
  board.set(TREE, '412', [indicatorValue('late-rate', 7)])
  const { room } = open('40')
  board.forget(TREE, '412', 'late-rate')
  await vi.advanceTimersByTimeAsync(BEAT_MS)
  expect(beats[0]!.beat.stream).not.toBe(room.stream)
  expect(feed.open(TREE, '40')!.room.stream).toBe(beats[0]!.beat.stream)
})

test('events of the past that could not be read are tried again, and come as a patch', async () => {
  past = () => Promise.reject(new Error('the database is away'))
  const { room, eventsLoaded } = open('40')
  await eventsLoaded
  expect(room.snapshot(SYSTEM).events).toEqual([])
  past = async () => [eventOf(1, '412')]
  await vi.advanceTimersByTimeAsync(BEAT_MS + TICK_MS)
  expect(patches).toMatchObject([{ patch: { events: [{ id: '1' }] } }])
  past = () => Promise.reject(new Error('not asked again'))
  await vi.advanceTimersByTimeAsync(2 * BEAT_MS)
  expect(patches).toHaveLength(1)
})

test('there is no room of an area that the tree does not have', () => {
  expect(feed.open(TREE, '999')).toBeUndefined()
  expect(feed.open('administrative', '412')).toBeUndefined()
})

test('a room whose area is no more falls silent, and is not opened again', async () => {
  open('412')
  board.remove(TREE, '412')
  await vi.advanceTimersByTimeAsync(2 * BEAT_MS)
  expect(beats).toEqual([])
  expect(feed.open(TREE, '412')).toBeUndefined()
})
