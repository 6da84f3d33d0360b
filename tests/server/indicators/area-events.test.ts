import { beforeEach, expect, test } from 'vitest'
import type { DayState } from '../../../server/indicators/day-state.ts'
import { evaluateAll } from '../../../server/indicators/evaluate.ts'
import type { Announced } from '../../../server/indicators/events/announced.ts'
import { AreaEvents } from '../../../server/indicators/events/area-events.ts'
import { OutageEvents } from '../../../server/indicators/events/outage-events.ts'
import { takeReadings } from '../../../server/indicators/intake.ts'
import { MINUTE_MS } from '../../../shared/domain/time.ts'
import { at } from './schools.ts'
import { registryOf, stateOf } from './synthetic.ts'

let state: DayState
let announced: Announced
let areas: AreaEvents
let outages: OutageEvents

beforeEach(() => {
  state = stateOf(registryOf(40))
  announced = new Map()
  areas = new AreaEvents()
  outages = new OutageEvents()
})

function measure(now: number, devices: readonly number[], metric: number, amount: number): void {
  takeReadings(
    state,
    {
      position: { xid: 1n, seq: 1n },
      kind: 'readings',
      messages: 1,
      schools: [],
      schoolDays: [],
      devices,
      metrics: devices.map(() => metric),
      times: devices.map(() => now),
      amounts: devices.map(() => amount),
    },
    now,
    () => {},
  )
}

function detect(now: number) {
  evaluateAll(state, now)
  state.board.evaluate(now)
  return [...areas.detect(state, announced, now), ...outages.detect(state, announced, now)]
}

const allDevices = () => [...state.day.deviceById.keys()]
const gateways = (count: number) => state.day.schools.slice(0, count).flatMap((school) => school.gateways)

test('a rise of the river is told at once, its fall only ten minutes after', () => {
  const floods = (now: number) =>
    detect(now)
      .filter((event) => event.kind === 'flood-level')
      .map((event) => [event.area.code, event.params['from'], event.params['to'], event.severity])
  const start = at('08:00')
  measure(start, [15], 11, 5.5)
  expect(floods(start)).toContainEqual(['40', 0, 1, 'warning'])
  measure(start + 5 * MINUTE_MS, [15], 11, 7)
  expect(floods(start + 5 * MINUTE_MS)).toContainEqual(['40', 1, 2, 'critical'])
  measure(start + 10 * MINUTE_MS, [15], 11, 5)
  expect(floods(start + 10 * MINUTE_MS)).toEqual([])
  measure(start + 15 * MINUTE_MS, [15], 11, 5)
  expect(floods(start + 15 * MINUTE_MS)).toContainEqual(['40', 2, 0, 'info'])
})

test('a status is told when it has held a minute, and then not again for ten', () => {
  const start = at('08:00')
  const online = (now: number) =>
    detect(now).filter(
      (event) => event.params['indicator'] === 'device-online-rate' && event.area.code === '40',
    )
  measure(start, allDevices(), 99, 0)
  expect(online(start)).toEqual([])
  const silent = start + 6 * MINUTE_MS
  expect(online(silent)).toEqual([])
  expect(online(silent + MINUTE_MS)).toMatchObject([
    { kind: 'indicator-status', severity: 'critical', params: { from: 'ok', to: 'critical', value: 0 } },
  ])
  const back = silent + 2 * MINUTE_MS
  measure(back, allDevices(), 99, 0)
  expect(online(back)).toEqual([])
  expect(online(back + 2 * MINUTE_MS)).toEqual([])
  measure(back + 9 * MINUTE_MS, allDevices(), 99, 0)
  expect(online(back + 9 * MINUTE_MS)).toMatchObject([
    { params: { from: 'critical', to: 'ok' }, severity: 'info' },
  ])
})

test('a swing shorter than a minute is not told', () => {
  const start = at('08:00')
  measure(start, allDevices(), 99, 0)
  detect(start)
  detect(start + 6 * MINUTE_MS)
  measure(start + 6.5 * MINUTE_MS, allDevices(), 99, 0)
  const told = [detect(start + 6.5 * MINUTE_MS), detect(start + 8 * MINUTE_MS)].flat()
  expect(told.filter((event) => event.kind === 'indicator-status')).toEqual([])
})

test('power of one school in twenty of a district is a power cut there, fewer are not', () => {
  const now = at('08:00')
  measure(now, gateways(40), 7, 1)
  expect(detect(now).filter((event) => event.kind === 'power-lost')).toEqual([])
  // 20 schools a district: one of them is 5 %.
  measure(now + MINUTE_MS, state.day.schools[0]!.gateways, 7, 0)
  const cuts = detect(now + MINUTE_MS).filter((event) => event.kind === 'power-lost')
  expect(cuts).toMatchObject([{ params: { schools: 1, total: 20 }, severity: 'caution' }])
})

test('silent gateways are lost links while others are heard, but not when the whole province is silent', () => {
  const start = at('08:00')
  const links = (now: number) => detect(now).filter((event) => event.kind.startsWith('link'))
  measure(start, gateways(40), 7, 1)
  expect(links(start)).toEqual([])
  const later = (minutes: number) => start + minutes * MINUTE_MS
  for (let minute = 1; minute <= 7; minute++) {
    measure(later(minute), gateways(20), 7, 1)
    const told = links(later(minute))
    if (minute < 6) expect(told).toEqual([])
    else if (minute === 6) expect(told.map((event) => event.params['schools'])).toEqual([10, 10])
  }
  expect(links(later(30))).toEqual([])
})
