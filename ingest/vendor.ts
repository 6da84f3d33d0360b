import type { FormatName } from '../shared/contract/format.ts'
import type { Message } from './message.ts'

/** A device in its vendor's words. The registry (device_alias) knows which registered device that is. */
export interface VendorName {
  format: FormatName
  /** Unique within the format, such as a devEui or `group/edge/device`. */
  name: string
}

/** A device as protocol v1 names it: school/device. */
export function nativeDevice(school: string, device: string): VendorName {
  return { format: 'native', name: `${school}/${device}` }
}

interface FromVendor {
  message: Message
  vendor: VendorName
  /** Where in the body the record begins. */
  path: string
}
/** A record whose device is named in its vendor's words; the stage `identify` finds school and device. */
export type VendorDraft = VendorReading | VendorConnection | VendorCheckin

export interface VendorReading extends FromVendor {
  kind: 'reading'
  metric: string
  /** Milliseconds since 1970. */
  at: number
  /** The device sent no time. */
  arrival: boolean
  /** In the unit of the metric. */
  value: number
  /** QUALITY.historical, QUALITY.repeated. */
  marks?: number
  /** The field in the vendor's words, for dead letters. */
  field: string
  /** The field with the time, after `path`. @defaultValue ts */
  timeField?: string
}
export interface VendorConnection extends FromVendor {
  kind: 'connection'
  at: number
  online: boolean
  /** ConnectionDraft.unlessKnown. */
  unlessKnown?: boolean
  /** It says the same of every registered device whose name continues this one after a slash. */
  andBelow?: boolean
}
/** A passage at the gate whose reader is the device. */
export interface VendorCheckin extends FromVendor {
  kind: 'checkin'
  /** Of the passage, unique within the format. Nothing in it leads back to a person. */
  event: string
  /** Milliseconds since 1970. */
  at: number
  /** undefined: the reader does not say, and the name it is registered under does. */
  direction: Direction | undefined
  timeField?: string
}
export type Direction = 'in' | 'out'

/** What a device said about itself (a Sparkplug birth, a Homie $description): later messages cannot be read without it. */
export interface Description {
  message: Message
  vendor: VendorName
  /** When it was said, milliseconds since 1970; an older one never replaces a newer one. */
  at: number
  /** JSON; its form belongs to the format. */
  body: unknown
}

/** Readers at gates. Their registered name may end in the way they watch: `hanet:C21283M868/in`. */
const GATE_FORMATS: readonly string[] = ['hanet', 'zkteco'] satisfies FormatName[]

/** A registered name as a device uses it, and the way its reader watches, where the name says that. */
export function readAlias({ format, name }: VendorName): {
  vendor: VendorName
  direction: Direction | undefined
} {
  const [, bare, direction] = /^(.+)\/(in|out)$/.exec(name) ?? []
  if (bare === undefined || !GATE_FORMATS.includes(format)) {
    return { vendor: { format, name }, direction: undefined }
  }
  return { vendor: { format, name: bare }, direction: direction as Direction }
}

/** Key of a vendor's name in maps and logs. */
export function keyOf({ format, name }: VendorName): string {
  return `${format} ${name}`
}
