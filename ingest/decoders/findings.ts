import type { Message } from '../message.ts'
import type { Route } from '../topic-map.ts'
import { keyOf, type VendorDraft, type VendorName, type VendorReading } from '../vendor.ts'
import type { Fault } from './decoder.ts'
import type { Field } from './fields.ts'
import type { Reading } from './format.ts'
import { quantityOf } from './quantity.ts'
import { MOST_VALUES_OF_MESSAGE } from './telemetry.ts'

/** Of which device some values are, and when they were measured. */
export interface Circumstances {
  vendor: VendorName
  /** Milliseconds since 1970. */
  at: number
  /** The device sent no time, or one that hangs on the time of arrival. */
  arrival: boolean
  /** QUALITY.historical, QUALITY.repeated. */
  marks?: number
  /** Where in the body they stand: `` or `[3].`. */
  path?: string
  /** The field with their time, after `path`. @defaultValue ts */
  timeField?: string
}

/** A value with the unit its vendor gives it, where there is one. */
export interface NamedValue extends Field {
  unit?: string | undefined
}

/**
 * Gathers what one message says. Two different values of one device, metric and moment would overwrite each other:
 * the first counts and the others are faults, unless the topic map names one of them, which then comes first.
 */
export class Findings {
  readonly #message: Message
  readonly #route: Route
  readonly #drafts: VendorDraft[] = []
  readonly #faults: Fault[] = []
  readonly #first = new Map<string, VendorReading>()

  constructor(message: Message, route: Route) {
    this.#message = message
    this.#route = route
  }

  /** Values of one device and moment. */
  add(circumstances: Circumstances, values: readonly NamedValue[]): void {
    const isNamed = ({ names }: NamedValue) => names.some((name) => Object.hasOwn(this.#route.metrics, name))
    for (const value of values) if (isNamed(value)) this.#addOne(circumstances, value)
    for (const value of values) if (!isNamed(value)) this.#addOne(circumstances, value)
  }

  /** Values that give way: those of metrics that are there already are passed over. */
  addMissing(circumstances: Circumstances, values: readonly NamedValue[]): void {
    const there = new Set([...this.#first.values()].map(({ metric }) => metric))
    const isThere = ({ names, value, unit }: NamedValue) => {
      const quantity = quantityOf(names, value, unit, this.#route.metrics)
      return quantity.is === 'reading' && there.has(quantity.metric)
    }
    this.add(
      circumstances,
      values.filter((value) => !isThere(value)),
    )
  }

  /** Whether a device is connected, as of now. */
  addConnection(vendor: VendorName, online: boolean): void {
    const message = this.#message
    this.#drafts.push({ kind: 'connection', message, vendor, path: '', at: message.receivedAt, online })
  }

  refuse(fault: Fault): void {
    this.#faults.push(fault)
  }

  /** A part of the body that has not the right form. */
  refuseBody(field: string | null, value: unknown, detail: string): void {
    this.refuse({ reason: 'bad-body', field, value, detail })
  }

  reading(): Reading {
    const found = this.#drafts.length + this.#faults.length
    if (found <= MOST_VALUES_OF_MESSAGE) return { drafts: this.#drafts, faults: this.#faults }
    const detail = `${found} values; at most ${MOST_VALUES_OF_MESSAGE}`
    return { drafts: [], faults: [{ reason: 'too-large', field: null, value: found, detail }] }
  }

  #addOne(circumstances: Circumstances, { path: field, names, value, unit }: NamedValue): void {
    const quantity = quantityOf(names, value, unit, this.#route.metrics)
    if (quantity.is === 'ignored') return
    if (quantity.is === 'fault') {
      this.refuse({ reason: quantity.reason, field, value, detail: quantity.detail })
      return
    }
    const { vendor, at, path = '', ...more } = circumstances
    const { metric } = quantity
    const key = `${metric} ${at} ${keyOf(vendor)}`
    const first = this.#first.get(key)
    if (first && first.value !== quantity.value) {
      const detail = `${metric} stands there as ${first.field} = ${first.value} already`
      this.refuse({ reason: 'ambiguous', field, value, detail })
      return
    }
    const found = { message: this.#message, vendor, at, path, metric, value: quantity.value, field, ...more }
    const reading: VendorReading = { kind: 'reading', ...found }
    if (!first) this.#first.set(key, reading)
    this.#drafts.push(reading)
  }
}

/** What a message says when it cannot be read at all. */
export function unreadable(fault: Fault): Reading {
  return { drafts: [], faults: [fault] }
}
