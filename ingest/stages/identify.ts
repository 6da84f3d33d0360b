import type { Batch, Decodable, Draft } from '../records.ts'
import { Refusals } from '../refusals.ts'
import type { VendorName } from '../vendor.ts'

/** What this stage asks of the registry. */
export interface Aliases {
  /** The registered device of a vendor's name. */
  deviceOf(vendor: VendorName): { school: string; device: string } | undefined
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
    if (!('vendor' in one)) {
      records.push(one)
      continue
    }
    const { vendor, ...draft } = one
    if (one.kind === 'connection' && one.andBelow) {
      for (const below of aliases.devicesBelow(vendor)) records.push({ ...draft, ...below })
    }
    const place = aliases.deviceOf(vendor)
    if (place) records.push({ ...draft, ...place })
    else {
      const about = {
        field: null,
        value: vendor.name,
        detail: `no device is registered as ${vendor.format}:${vendor.name}`,
      }
      refusals.refuse({ message: one.message, school: null }, 'unregistered-device', { ...about, vendor })
    }
  }
  return { ...batch, records, duplicates: [], letters: [...batch.letters, ...refusals.letters] }
}
