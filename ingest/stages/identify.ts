import type { Batch, CheckinDraft, Decodable, Draft } from '../records.ts'
import { Refusals } from '../refusals.ts'
import type { Direction, VendorCheckin, VendorDraft, VendorName } from '../vendor.ts'

/** Where a vendor's device stands in the registry. */
export interface Place {
  school: string
  device: string
  /** The way the reader of a gate watches; undefined: both, or no reader. */
  direction?: Direction | undefined
}

/** What this stage asks of the registry. */
export interface Aliases {
  /** The registered device of a vendor's name. */
  deviceOf(vendor: VendorName): Place | undefined
  /** The registered devices whose names continue this one after a slash. */
  devicesBelow(vendor: VendorName): readonly { school: string; device: string }[]
  refresh(): Promise<void>
}

/** Names of vendors to codes of the registry. A name nobody has registered waits as a dead letter until somebody does. */
export async function identify(batch: Batch<Decodable>, aliases: Aliases): Promise<Batch<Draft>> {
  const unknown = batch.records.some((one) => 'vendor' in one && !aliases.deviceOf(one.vendor))
  if (unknown) await aliases.refresh()
  const refusals = new Refusals()
  const records: Draft[] = []
  for (const one of batch.records) {
    if ('vendor' in one && one.kind === 'connection' && one.andBelow) {
      const { vendor, ...connection } = one
      for (const below of aliases.devicesBelow(vendor)) records.push({ ...connection, ...below })
    }
    const draft = 'vendor' in one ? draftOf(one, aliases.deviceOf(one.vendor)) : one
    if (typeof draft !== 'string') records.push(draft)
    else if ('vendor' in one) {
      const about = { field: null, value: one.vendor.name, detail: draft, vendor: one.vendor }
      refusals.refuse({ message: one.message, school: null }, 'unregistered-device', about)
    }
  }
  return { ...batch, records, duplicates: [], letters: [...batch.letters, ...refusals.letters] }
}

/** A sentence instead of a draft says what the registry lacks. */
function draftOf(one: VendorDraft, place: Place | undefined): Draft | string {
  const name = `${one.vendor.format}:${one.vendor.name}`
  if (!place) return `no device is registered as ${name}`
  if (one.kind === 'checkin') {
    return checkinOf(one, place) ?? `the way ${name} watches is not registered: ${name}/in or ${name}/out`
  }
  const { vendor: _, ...draft } = one
  return { ...draft, school: place.school, device: place.device }
}

/** What the registry says of the direction counts more than the reader, which people forget to switch. */
function checkinOf(one: VendorCheckin, { school, device, ...place }: Place): CheckinDraft | undefined {
  const { message, path, vendor, event, at, timeField } = one
  const direction = place.direction ?? one.direction
  if (!direction) return undefined
  const checkin = { id: `${vendor.format}:${event}`, ts: at, direction, gate: device }
  return { kind: 'checkin', message, path, school, device, checkin, ...(timeField ? { timeField } : {}) }
}
