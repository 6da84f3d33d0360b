import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JournalRow } from '../../../server/feed/journal.ts'
import { closeSlot } from '../../../server/indicators/close-slot.ts'
import type { DayState } from '../../../server/indicators/day-state.ts'
import { evaluateAll } from '../../../server/indicators/evaluate.ts'
import { takeReadings } from '../../../server/indicators/intake.ts'
import { SlotWindow } from '../../../server/indicators/slot-window.ts'
import { MINUTE_MS, SLOT_MS, slotOf } from '../../../shared/domain/time.ts'
import { at } from './schools.ts'
import { registryOf, stateOf } from './synthetic.ts'

const SCHOOLS = 6
const registry = registryOf(SCHOOLS)
const START = at('07:00')
const SLOTS = 6
const NOW = START + SLOTS * SLOT_MS + MINUTE_MS

interface Reading {
  device: number
  metric: number
  at: number
  amount: number
}

/** Small whole amounts, so that sums do not depend on the order of adding. */
const reading: fc.Arbitrary<Reading> = fc
  .record({
    school: fc.integer({ min: 1, max: SCHOOLS }),
    kind: fc.constantFrom([1, 1, 2000], [2, 1, 2000], [1, 2, 40], [3, 7, 1], [4, 12, 50]),
    second: fc.integer({ min: 0, max: SLOTS * 300 - 1 }),
    share: fc.integer({ min: 0, max: 4 }),
  })
  .map(({ school, kind, second, share }) => ({
    device: school * 10 + kind[0]!,
    metric: kind[1]!,
    at: START + second * 1000,
    amount: (kind[2]! * share) / 4,
  }))
const readings = fc.array(reading, { maxLength: 120 })

function rowOf(xid: number, of: readonly Reading[]): JournalRow {
  return {
    position: { xid: BigInt(xid), seq: BigInt(xid) },
    kind: 'readings',
    messages: of.length,
    schools: [],
    schoolDays: [],
    devices: of.map((one) => one.device),
    metrics: of.map((one) => one.metric),
    times: of.map((one) => one.at),
    amounts: of.map((one) => one.amount),
  }
}

function refuseLate(): never {
  throw new Error('nothing is late here')
}

function closeAll(state: DayState): unknown {
  for (let slot = 0; slot < SLOTS; slot++) closeSlot(state)
  evaluateAll(state, NOW)
  state.board.evaluate(NOW)
  return [state.readings, state.board.nodes.map((node) => node.values)]
}

/** Cuts a list into pieces at the given places. */
function cut<T>(list: readonly T[], places: readonly number[]): T[][] {
  const edges = [...new Set([0, ...places.map((place) => place % (list.length + 1)), list.length])]
  edges.sort((a, b) => a - b)
  return edges.slice(1).map((edge, i) => list.slice(edges[i], edge))
}

test('however readings are cut into transactions and ordered, the sums are the same', () => {
  fc.assert(
    fc.property(readings, fc.array(fc.nat()), fc.infiniteStream(fc.nat()), (list, places, keys) => {
      const one = stateOf(registry)
      takeReadings(one, rowOf(1, list), NOW, refuseLate)
      const order = new Map(list.map((item) => [item, keys.next().value as number]))
      const shuffled = [...list].sort((a, b) => order.get(a)! - order.get(b)!)
      const other = stateOf(registry)
      cut(shuffled, places).forEach((piece, i) => {
        takeReadings(other, rowOf(i + 1, piece), NOW, refuseLate)
      })
      expect(closeAll(other)).toEqual(closeAll(one))
    }),
    { numRuns: 60 },
  )
})

test('loaded from rows at any moment and replayed from any earlier place, the sums are the same', () => {
  fc.assert(
    fc.property(readings, fc.array(fc.nat()), fc.nat(), fc.nat(), (list, places, loadedAt, savedAt) => {
      const rows = cut(list, places).map((piece, i) => rowOf(i + 1, piece))
      const through = stateOf(registry)
      for (const row of rows) takeReadings(through, row, NOW, refuseLate)

      const seen = loadedAt % (rows.length + 1)
      const restarted = stateOf(registry)
      const baseline = { xmin: BigInt(seen + 1), xmax: BigInt(seen + 1), running: new Set<bigint>() }
      for (let slot = START; slot < NOW; slot += SLOT_MS) {
        const window = new SlotWindow(slot, restarted.deviceIndex, baseline)
        for (const row of rows.slice(0, seen)) {
          row.devices.forEach((device, i) => {
            if (slotOf(row.times[i]!) !== slot) return
            window.add(device, restarted.measures.get(row.metrics[i]!), row.amounts[i]!, 1)
          })
        }
        restarted.windows.set(slot, window)
      }
      for (const row of rows.slice(savedAt % (seen + 1))) takeReadings(restarted, row, NOW, refuseLate)
      closeAll(through)
      closeAll(restarted)
      expect(restarted.readings).toEqual(through.readings)
    }),
    { numRuns: 60 },
  )
})

test('every area is the ratio of the sums of its schools, and both trees agree on the province', () => {
  fc.assert(
    fc.property(readings, (list) => {
      const state = stateOf(registry)
      takeReadings(state, rowOf(1, list), NOW, refuseLate)
      closeAll(state)
      const valueIn = (tree: 'administrative' | 'former-district', code: string, column: number) =>
        state.board.node(tree, code)!.values[column]!
      for (const { index, entry } of state.catalogue.keys) {
        const province = valueIn('administrative', '40', index)
        expect(valueIn('former-district', '40', index)).toEqual(province)
        const children = state.board
          .node('former-district', '40')!
          .children.map((code) => valueIn('former-district', code, index))
        const expected = children.map((child) => child.coverage.expected).reduce((a, b) => a + b, 0)
        expect(province.coverage.expected).toBe(expected)
        if (entry.kind !== 'ratio' || province.denominator === null) continue
        const sum = (part: 'numerator' | 'denominator') =>
          children.map((child) => child[part] ?? 0).reduce((a, b) => a + b, 0)
        expect(province.denominator).toBe(sum('denominator'))
        expect(province.value).toBeCloseTo((100 * sum('numerator')) / sum('denominator'), 9)
      }
    }),
    { numRuns: 40 },
  )
})

test('a reading of a closed slot asks for a repair of its school, and changes no sum by itself', () => {
  const state = stateOf(registry)
  closeAll(state)
  const before = structuredClone(state.readings)
  const asked: unknown[] = []
  const late = { device: 11, metric: 1, at: START + 1000, amount: 700 }
  const gauge = { device: 15, metric: 11, at: START + 1000, amount: 6 }
  takeReadings(state, rowOf(1, [late, gauge]), NOW, (repair) => asked.push(repair))
  expect(asked).toEqual([
    { kind: 'readings', day: '2026-11-23', school: 1 },
    { kind: 'readings', day: '2026-11-23', school: 1 },
    { kind: 'station', day: '2026-11-23', station: 'nam-dan' },
  ])
  expect(state.readings).toEqual(before)
})
