import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Room, type RoomBoard } from '../../../server/live/rooms.ts'
import type { AreaTree } from '../../../shared/contract/area.ts'
import type { IocEvent } from '../../../shared/contract/event.ts'
import type { IndicatorValue } from '../../../shared/contract/indicator.ts'
import { LivePatch, LiveSnapshot, type SystemState } from '../../../shared/contract/live.ts'
import {
  applyBeat,
  applyPatch,
  fromSnapshot,
  type LiveScreen,
  screenKey,
} from '../../../shared/domain/live-screen.ts'
import { eventOf, HandBoard, indicatorValue } from './hand-board.ts'

const TREE: AreaTree = 'former-district'
const VINH = '412'
const COMMUNE = '16681'

function systemState(messagesPerSecond = 0): SystemState {
  return {
    clock: { simulated: false, anchorReal: 0, anchorShown: 0, speed: 1 },
    simulatedSchools: 0,
    schools: 0,
    newestDataAt: null,
    messagesPerSecond,
    deadLettersToday: 0,
    openSchools: 0,
    closedSchools: 0,
    unreportedSchools: 0,
    databaseReachable: true,
    version: '0.0.0',
  }
}
const SYSTEM = systemState()
/** A room that somebody has seen. */
function shownRoom(area: string, board: HandBoard): Room {
  const room = new Room('s', TREE, area, board)
  room.snapshot(SYSTEM)
  return room
}
const at = (area: string, ...values: IndicatorValue[]) => ({ tree: TREE, area, values })

test('a snapshot is the area and its direct children, with their values of now', () => {
  const board = new HandBoard()
  board.set(TREE, VINH, [indicatorValue('late-rate', 1)])
  board.set(TREE, COMMUNE, [indicatorValue('late-rate', 2)])
  const snapshot = new Room('s', TREE, VINH, board).snapshot(SYSTEM)
  expect(LiveSnapshot.parse(snapshot)).toEqual(snapshot)
  expect(snapshot.areas.map(({ area }) => area)).toEqual([VINH, '16681', '16702', '17920', '16690', '16708'])
  expect(snapshot.areas[1]).toEqual({ area: COMMUNE, values: [indicatorValue('late-rate', 2)] })
})

test('a patch holds only values that differ, the last of each, and is numbered without holes', () => {
  const board = new HandBoard()
  board.set(TREE, VINH, [indicatorValue('late-rate', 1), indicatorValue('schools-open', 90)])
  const room = shownRoom(VINH, board)
  expect(room.takePatch(SYSTEM)).toBeUndefined()
  room.collect({
    areas: [at(VINH, indicatorValue('late-rate', 2), indicatorValue('schools-open', 90))],
    events: [],
  })
  room.collect({ areas: [at(VINH, indicatorValue('late-rate', 3))], events: [] })
  const patch = room.takePatch(SYSTEM)
  expect(LivePatch.parse(patch)).toEqual(patch)
  expect(patch).toMatchObject({
    seq: 1,
    areas: [at(VINH, indicatorValue('late-rate', 3))].map(({ area, values }) => ({ area, values })),
  })
  expect(room.takePatch(SYSTEM)).toBeUndefined()
  room.collect({ areas: [at(COMMUNE, indicatorValue('late-rate', 3))], events: [] })
  expect(room.takePatch(SYSTEM)?.seq).toBe(2)
})

test('what changed before anybody saw the room is in the snapshot and in no patch', () => {
  const board = new HandBoard()
  const room = new Room('s', TREE, VINH, board)
  room.collect({ areas: [at(VINH, indicatorValue('late-rate', 2))], events: [eventOf(1, VINH)] })
  expect(room.takePatch(SYSTEM)).toBeUndefined()
  expect(room.snapshot(SYSTEM)).toMatchObject({ seq: 0, events: [{ id: '1' }] })
  expect(room.snapshot(SYSTEM).areas[0]!.values).toEqual([indicatorValue('late-rate', 2)])
  expect(room.takePatch(SYSTEM)).toBeUndefined()
})

test('what is of another tree or of an area elsewhere is nothing to a room', () => {
  const board = new HandBoard()
  const room = shownRoom(VINH, board)
  room.collect({
    areas: [
      { tree: 'administrative', area: COMMUNE, values: [indicatorValue('late-rate', 3)] },
      at('415', indicatorValue('late-rate', 3)),
      at('40', indicatorValue('late-rate', 3)),
    ],
    events: [eventOf(1, '415'), eventOf(2, '40')],
  })
  expect(room.takePatch(SYSTEM)).toBeUndefined()
})

test('events of any depth below come once, newest first, thirty at most', () => {
  const room = shownRoom('40', new HandBoard())
  const events = Array.from({ length: 40 }, (_, n) => eventOf(n, COMMUNE))
  room.collect({ areas: [], events })
  room.collect({ areas: [], events })
  const patch = room.takePatch(SYSTEM)!
  expect(patch.events.map((event) => event.id)).toEqual(
    events
      .slice(10)
      .reverse()
      .map((event) => event.id),
  )
  expect(room.snapshot(SYSTEM).events).toEqual(patch.events)
})

test('a change that came without a tick is found by comparing with the board', () => {
  const board = new HandBoard()
  const room = shownRoom(VINH, board)
  board.set(TREE, COMMUNE, [indicatorValue('late-rate', 3)])
  expect(room.reconcile(board)).toBe(true)
  expect(room.takePatch(SYSTEM)?.areas).toEqual([{ area: COMMUNE, values: [indicatorValue('late-rate', 3)] }])
})

test('a value or an area that has gone cannot be patched: the room has to be made anew', () => {
  const board = new HandBoard()
  board.set(TREE, COMMUNE, [indicatorValue('late-rate', 3)])
  const room = shownRoom(VINH, board)
  board.forget(TREE, COMMUNE, 'late-rate')
  expect(room.reconcile(board)).toBe(false)
  const other = shownRoom(VINH, board)
  board.add(TREE, '99999', VINH)
  expect(other.reconcile(board)).toBe(false)
})

/** What may happen between a room and one screen that watches it. */
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('tick' as const),
      values: fc.array(
        fc.record({
          area: fc.integer({ min: 0, max: 3 }),
          indicator: fc.integer({ min: 0, max: 3 }),
          value: fc.integer({ min: 0, max: 4 }),
        }),
        { maxLength: 4 },
      ),
      events: fc.array(fc.nat(60), { maxLength: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('patch' as const),
      fate: fc.constantFrom('arrives' as const, 'is lost' as const, 'comes twice' as const),
    }),
  },
  fc.record({
    kind: fc.constantFrom(
      'silent change' as const,
      'beat' as const,
      'reconnect' as const,
      'late old patch' as const,
      'new server' as const,
      'value gone' as const,
    ),
    n: fc.nat(9),
  }),
)

test('gaps, doubles, reconnects and new servers all end in the screen of a fresh snapshot', () => {
  const areas = ['40', '412', '415', '416']
  const indicators = ['attendance-rate', 'late-rate', 'schools-open', 'flood-alarm-level']
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const board = new HandBoard()
      let lives = 0
      const newRoom = () => new Room(`life-${++lives}`, TREE, '40', board as RoomBoard)
      let room = newRoom()
      let screen: LiveScreen = fromSnapshot(room.snapshot(SYSTEM))
      let lastPatch: LivePatch | undefined
      let messages = 0
      const stored: IocEvent[] = []
      const see = (outcome: LiveScreen | 'gap') => {
        screen = outcome === 'gap' ? fromSnapshot(room.snapshot(systemState(messages))) : outcome
      }
      const replaceRoom = () => {
        room = newRoom()
        room.collect({ areas: [], events: stored })
      }
      const sendPatch = (fate: 'arrives' | 'is lost' | 'comes twice') => {
        const patch = room.takePatch(systemState(messages))
        if (!patch || fate === 'is lost') return
        lastPatch = patch
        see(applyPatch(screen, patch))
        if (fate === 'comes twice') see(applyPatch(screen, patch))
      }
      const beat = () => {
        if (!room.reconcile(board)) replaceRoom()
        sendPatch('arrives')
        const system = systemState(messages)
        see(applyBeat(screen, { stream: room.stream, seq: room.seq, at: new Date(0).toISOString(), system }))
      }
      for (const one of steps) {
        messages += 1
        if (one.kind === 'tick') {
          const changed = one.values.map(({ area, indicator, value }) =>
            at(areas[area]!, indicatorValue(indicators[indicator]!, value)),
          )
          for (const { area, values } of changed) board.set(TREE, area, values)
          const events = one.events.map((id) => eventOf(id, COMMUNE))
          stored.push(...events)
          room.collect({ areas: changed, events })
        } else if (one.kind === 'patch') sendPatch(one.fate)
        else if (one.kind === 'silent change')
          board.set(TREE, areas[one.n % 4]!, [indicatorValue('late-rate', 100 + one.n)])
        else if (one.kind === 'value gone') board.forget(TREE, areas[one.n % 4]!, indicators[one.n % 3]!)
        else if (one.kind === 'beat') beat()
        else if (one.kind === 'reconnect') see('gap')
        else if (one.kind === 'new server') replaceRoom()
        else if (lastPatch) see(applyPatch(screen, lastPatch))
      }
      beat()
      const fresh = fromSnapshot(room.snapshot(systemState(messages)))
      expect(screen).toEqual(fresh)
      for (const area of areas) {
        const onBoard = board
          .area(TREE, area)!
          .map((value) => [screenKey(value.indicator, value.period), value])
        expect(screen.areas.get(area)).toEqual(new Map(onBoard as [string, IndicatorValue][]))
      }
    }),
    { numRuns: 500 },
  )
})
