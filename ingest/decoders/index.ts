import type { FormatName } from '../vendor.ts'
import type { Format } from './format.ts'
import { native } from './native.ts'
import { sparkplug } from './sparkplug.ts'

/** The table of payload formats. */
export const formats: Partial<Record<FormatName, Format>> = {
  native,
  sparkplug,
  /** A gateway's words about itself. */
  nothing: { read: () => ({ drafts: [], faults: [] }) },
}
