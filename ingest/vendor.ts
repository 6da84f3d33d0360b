import type { CheckinBody } from '../shared/contract/attendance.ts'
import type { Message } from './message.ts'

/**
 * Payload formats. native: protocol v1 of docs/protocol.md. The others are what devices and gateways on the market
 * send by themselves; each has a file of its own in decoders/. nothing: topics of gateways about themselves.
 */
export const FORMATS = [
  'native',
  'thingsboard',
  'thingsboard-gateway',
  'senml-json',
  'senml-cbor',
  'sparkplug',
  'chirpstack',
  'things-stack',
  'tasmota',
  'zigbee2mqtt',
  'homie',
  'ngsi-ld',
  'hanet',
  'zkteco',
  'nothing',
] as const
export type FormatName = (typeof FORMATS)[number]

/** A device in its vendor's words. The registry (device_alias) knows which registered device that is. */
export interface VendorName {
  format: FormatName
  /** Unique within the format, such as a devEui or `group/edge/device`. */
  name: string
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
  checkin: CheckinBody
}

/** What a device said about itself (a Sparkplug birth, a Homie $description): later messages cannot be read without it. */
export interface Description {
  message: Message
  vendor: VendorName
  /** When it was said, milliseconds since 1970; an older one never replaces a newer one. */
  at: number
  /** JSON; its form belongs to the format. */
  body: unknown
}

/** Key of a vendor's name in maps and logs. */
export function keyOf({ format, name }: VendorName): string {
  return `${format} ${name}`
}
