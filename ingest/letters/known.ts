import type { WaitingReason } from '../../shared/contract/dead-letter.ts'
import { NATIVE_FORMAT } from '../records.ts'
import type { Directory } from '../stages/enrich.ts'

/** A device whose messages wait, in the words of its format. */
export interface Waiting {
  reason: WaitingReason
  format: string
  name: string
}

/** Whether what these messages wait for is there now. */
export type Known = (waiting: Waiting) => boolean

/** Registrations are looked up in the registry, by format. */
export function knownIn(directory: Pick<Directory, 'school'>): Known {
  const registered: Record<string, (name: string) => boolean> = {
    [NATIVE_FORMAT]: (name) => {
      const [school, device] = name.split('/')
      return directory.school(school!)?.devices.has(device ?? '') ?? false
    },
  }
  return ({ reason, format, name }) =>
    reason === 'unregistered-device' && (registered[format]?.(name) ?? false)
}
