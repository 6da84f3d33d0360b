import type { WaitingReason } from '../../shared/contract/dead-letter.ts'
import { FORMATS, type FormatName } from '../../shared/contract/format.ts'
import type { Descriptions } from '../descriptions.ts'
import type { Directory } from '../stages/enrich.ts'
import type { Aliases } from '../stages/identify.ts'

/** A device whose messages wait, in the words of its format. */
export interface Waiting {
  reason: WaitingReason
  format: string
  name: string
}

/** Whether what these messages wait for is there now. */
export type Known = (waiting: Waiting) => boolean | Promise<boolean>

export interface KnownTools {
  registry: Pick<Directory, 'school'> & Pick<Aliases, 'deviceOf'>
  descriptions: Pick<Descriptions, 'find'>
}

/** Registrations are looked up in the registry, births among what devices have said about themselves. */
export function knownIn({ registry, descriptions }: KnownTools): Known {
  return ({ reason, format, name }) => {
    if (format === 'native') {
      const [school, device] = name.split('/')
      return registry.school(school!)?.devices.has(device ?? '') ?? false
    }
    if (!isFormat(format)) return false
    const vendor = { format, name }
    if (reason === 'unregistered-device') return registry.deviceOf(vendor) !== undefined
    return descriptions.find(vendor).then((said) => said !== undefined)
  }
}

function isFormat(name: string): name is FormatName {
  return (FORMATS as readonly string[]).includes(name)
}
