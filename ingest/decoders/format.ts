import type { Message } from '../message.ts'
import type { Draft } from '../records.ts'
import type { Route } from '../topic-map.ts'
import type { Description, VendorDraft, VendorName } from '../vendor.ts'
import type { Fault } from './decoder.ts'
import type { Memory } from './memory.ts'

/** What one message says. */
export interface Reading {
  drafts: (Draft | VendorDraft)[]
  faults: (Fault & { school?: string | null; vendor?: VendorName })[]
  descriptions?: Omit<Description, 'message'>[]
  /** How many values were understood and hold nothing to keep, beside those that do. */
  ignored?: number
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
  /** What a format remembers from message to message, of this program. */
  memory: Memory
}

/**
 * Reads one message. Never throws: what it cannot read it names as a fault. No drafts, faults and descriptions at
 * all: the message was understood and holds nothing to keep (counted as ignored, once at least).
 */
export interface Format {
  read(message: Message, context: FormatContext): Reading
  /** Devices whose descriptions a message needs, so that they can be loaded before it is read; none by default. */
  needs?(topic: string, route: Route): VendorName[]
}
