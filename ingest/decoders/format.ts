import type { CheckinBody } from '../../shared/contract/attendance.ts'
import type { Message } from '../message.ts'
import type { Draft } from '../records.ts'
import type { Route } from '../topic-map.ts'
import type { Fault } from './decoder.ts'

/**
 * Payload formats. native: protocol v1 of docs/protocol.md. The others are what devices and gateways on the market
 * send by themselves; each has a file of its own in this folder. nothing: topics of gateways about themselves.
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

export interface Reading {
  drafts: (Draft | VendorDraft)[]
  faults: (Fault & { school?: string | null; vendor?: VendorName })[]
  descriptions?: Omit<Description, 'message'>[]
  /** To be published after the commit, such as a request for a birth. */
  commands?: { topic: string; payload: Buffer }[]
}

/** What a format may ask besides the message. */
export interface FormatContext {
  route: Route
  /** What the device has said about itself, in this batch or before; undefined: nothing yet. */
  description(vendor: VendorName): Description['body'] | undefined
  /**
   * Whether this program sees every message of a connection, in order. Not when several share a subscription: gaps in
   * sequence numbers then mean nothing.
   */
  ordered: boolean
}

/**
 * Reads one message. Never throws: what it cannot read it names as a fault. No drafts, faults and descriptions at
 * all: the message was understood and holds nothing to keep (counted as ignored).
 */
export interface Format {
  read(message: Message, context: FormatContext): Reading
  /** Devices whose descriptions a message needs, so that they can be loaded before it is read; none by default. */
  needs?(topic: string): VendorName[]
}
