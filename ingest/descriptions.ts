import type { Queryable } from '../shared/db/connect.ts'
import { sql } from '../shared/db/sql.ts'
import { formats } from './decoders/index.ts'
import type { Message } from './message.ts'
import type { TopicMap } from './topic-map.ts'
import type { Description, VendorName } from './vendor.ts'
import { keyOf } from './vendor.ts'

const LOAD = sql(import.meta.url, './sql/load-descriptions.sql')

/** Length of the JSON that is held; what has not been needed for longest is dropped, and loaded when it is needed again. */
const MOST_HELD_BYTES = 64 * 1_048_576

interface Held {
  /** Milliseconds since 1970. */
  at: number
  body: unknown
  bytes: number
}

/**
 * What devices have said about themselves, in memory, with the database behind it: a restarted program, or another
 * one that shares the load, can read on without asking every device to introduce itself again.
 */
export class Descriptions {
  readonly #database: Queryable
  /** Whether other programs take part of the messages, and store descriptions that this one has not seen. */
  readonly #shared: boolean
  readonly #held = new Map<string, Held>()
  #bytes = 0

  constructor(database: Queryable, options: { shared: boolean }) {
    this.#database = database
    this.#shared = options.shared
  }

  get(vendor: VendorName): unknown {
    return this.#held.get(keyOf(vendor))?.body
  }

  /** Loads what the messages will need and is not known, or where others may have stored something newer. */
  async prepare(messages: readonly Message[], map: TopicMap): Promise<void> {
    const wanted = new Map<string, VendorName>()
    for (const { topic } of messages) {
      const route = map.routeOf(topic)
      const needs = route && formats[route.format]?.needs
      if (!needs) continue
      for (const vendor of needs(topic, route)) {
        const key = keyOf(vendor)
        if (this.#shared || !this.#touch(key)) wanted.set(key, vendor)
      }
    }
    if (wanted.size > 0) await this.#load([...wanted.values()])
  }

  /** What a device said about itself, in memory or in the database; undefined: nothing. */
  async find(vendor: VendorName): Promise<Description['body'] | undefined> {
    if (this.get(vendor) === undefined) await this.#load([vendor])
    return this.get(vendor)
  }

  async #load(names: readonly VendorName[]): Promise<void> {
    const { rows } = await this.#database.query<Omit<VendorName & Held, 'bytes'>>(LOAD, [
      names.map(({ format }) => format),
      names.map(({ name }) => name),
      names.map((vendor) => this.#held.get(keyOf(vendor))?.at ?? 0),
    ])
    for (const { format, name, at, body } of rows) this.#hold({ format, name }, at, body)
  }

  /** As soon as it was said: what comes next can be read by it, though its transaction is still under way. */
  remember(said: readonly Description[]): void {
    for (const { vendor, at, body } of said) this.#hold(vendor, at, body)
  }

  /** An older one never replaces a newer one. */
  #hold(vendor: VendorName, at: number, body: unknown): void {
    const key = keyOf(vendor)
    const before = this.#held.get(key)
    if (before && before.at > at) return
    const bytes = JSON.stringify(body).length
    if (before) this.#drop(key, before)
    for (const [oldest, held] of this.#held) {
      if (this.#bytes + bytes <= MOST_HELD_BYTES) break
      this.#drop(oldest, held)
    }
    this.#bytes += bytes
    this.#held.set(key, { at, body, bytes })
  }

  #drop(key: string, { bytes }: Held): void {
    this.#held.delete(key)
    this.#bytes -= bytes
  }

  /** Makes it the last to be dropped; false when it is not held. */
  #touch(key: string): boolean {
    const held = this.#held.get(key)
    if (!held) return false
    this.#held.delete(key)
    this.#held.set(key, held)
    return true
  }
}
