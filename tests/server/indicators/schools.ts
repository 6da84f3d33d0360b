import type { DaySchool } from '../../../server/indicators/day-registry.ts'
import type { SchoolStatus } from '../../../server/indicators/school-hours.ts'
import { indexDevices, type Measure, SlotWindow } from '../../../server/indicators/slot-window.ts'
import { momentOf, SLOT_MS } from '../../../shared/domain/time.ts'

export const DAY = '2026-11-23'
export const at = (time: string) => momentOf(DAY, time)

/** A school with two rooms (1, 2), a gateway (3) and a yard sensor (4); morning 07:00-10:30, afternoon 13:45-16:30. */
export function schoolOf(given: Partial<DaySchool> = {}): DaySchool {
  return {
    id: 1,
    index: 0,
    code: 'S1',
    name: 'Trường 1',
    level: 'primary',
    simulated: true,
    riverStation: null,
    sessions: [
      { session: 'morning', startsAt: at('07:00'), endsAt: at('10:30'), classes: 10, pupils: 300 },
      { session: 'afternoon', startsAt: at('13:45'), endsAt: at('16:30'), classes: 5, pupils: 150 },
    ],
    devices: [1, 2, 3, 4],
    rooms: [1, 2],
    gateways: [3],
    yards: [4],
    ...given,
  }
}

export const said = (time: string, open: boolean): SchoolStatus => ({ since: at(time), open, reason: '' })

/** A slot with these readings: device, measure, value. Without a measure: only a sign of life. */
export function windowOf(slot: number, readings: [number, Measure | undefined, number][]): SlotWindow {
  const window = new SlotWindow(slot, indexDevices([1, 2, 3, 4, 5]))
  for (const [device, measure, value] of readings) window.add(device, measure, value, 1)
  return window
}

export const before = (slot: number, slots: number) => slot - slots * SLOT_MS
