import type { Snapshot } from '../feed/visibility.ts'

/** What the indicators measure with; the value is the code in the table metric. */
export const MEASURES = ['co2', 'temperature', 'power', 'river_level', 'yard_depth'] as const
export type Measure = (typeof MEASURES)[number]

/** Dense numbers for devices, so that a slot is a few flat arrays. */
export type DeviceIndex = ReadonlyMap<number, number>

export function indexDevices(devices: Iterable<number>): DeviceIndex {
  const index = new Map<number, number>()
  for (const device of devices) index.set(device, index.size)
  return index
}

/** Sum and count of what each device measured within one slot of five minutes. */
export class SlotWindow {
  readonly slot: number
  /**
   * What the rows this window was loaded from had seen: a change that was visible there is in the window already.
   * Undefined for a slot that began after loading: everything in it comes through the journal.
   */
  readonly baseline: Snapshot | undefined
  readonly #devices: DeviceIndex
  readonly #totals: Float64Array
  readonly #counts: Uint32Array
  readonly #seen: Uint8Array

  constructor(slot: number, devices: DeviceIndex, baseline?: Snapshot) {
    this.slot = slot
    this.baseline = baseline
    this.#devices = devices
    this.#totals = new Float64Array(devices.size * MEASURES.length)
    this.#counts = new Uint32Array(devices.size * MEASURES.length)
    this.#seen = new Uint8Array(devices.size)
  }

  /** Adds `count` readings of a device that sum to `total`; any reading counts as a sign of life. */
  add(device: number, measure: Measure | undefined, total: number, count: number): void {
    const place = this.#devices.get(device)
    if (place === undefined) return
    this.#seen[place] = 1
    if (measure === undefined) return
    const cell = place * MEASURES.length + MEASURES.indexOf(measure)
    this.#totals[cell]! += total
    this.#counts[cell]! += count
  }

  isSeen(device: number): boolean {
    return this.#seen[this.#devices.get(device) ?? -1] === 1
  }

  total(device: number, measure: Measure): number {
    return this.#totals[this.#cell(device, measure)] ?? 0
  }

  count(device: number, measure: Measure): number {
    return this.#counts[this.#cell(device, measure)] ?? 0
  }

  #cell(device: number, measure: Measure): number {
    const place = this.#devices.get(device)
    return place === undefined ? -1 : place * MEASURES.length + MEASURES.indexOf(measure)
  }
}

/** Mean over several slots, weighed by readings; undefined where nothing was measured. */
export function meanOver(
  windows: readonly (SlotWindow | undefined)[],
  devices: readonly number[],
  measure: Measure,
): number | undefined {
  let total = 0
  let count = 0
  for (const window of windows) {
    if (!window) continue
    for (const device of devices) {
      total += window.total(device, measure)
      count += window.count(device, measure)
    }
  }
  return count === 0 ? undefined : total / count
}
