import type { Queryable } from '../shared/db/connect.ts'
import { sql } from '../shared/db/sql.ts'
import { formats } from './decoders/index.ts'
import type { Message } from './message.ts'
import type { TopicMap } from './topic-map.ts'
import type { Description, VendorName } from './vendor.ts'
import { keyOf } from './vendor.ts'

const LOAD = sql(import.meta.url, './sql/load-descriptions.sql')

/** So many are held in memory; a device beyond them is asked for again when it speaks. */
const MOST_HELD = 50_000

/**
 * What devices have said about themselves, in memory, with the database behind it: a restarted program, or another
 * one that shares the load, can read on without asking every device to introduce itself again.
 */
export class Descriptions {
  readonly #database: Queryable
  /** null: looked for, and not there when we looked. */
  readonly #held = new Map<string, unknown>()

  constructor(database: Queryable) {
    this.#database = database
  }

  get(vendor: VendorName): unknown {
    return this.#held.get(keyOf(vendor)) ?? undefined
  }

  /** Loads what the messages will need. Asked again for what was not there: another program may have stored it. */
  async prepare(messages: readonly Message[], map: TopicMap): Promise<void> {
    const wanted = new Map<string, VendorName>()
    for (const { topic } of messages) {
      const route = map.routeOf(topic)
      const needs = route && formats[route.format]?.needs
      if (!needs) continue
      for (const vendor of needs(topic, route))
        if (this.get(vendor) === undefined) wanted.set(keyOf(vendor), vendor)
    }
    if (wanted.size > 0) await this.#load([...wanted.values()])
  }

  /** What a device said about itself, in memory or in the database; undefined: nothing. */
  async find(vendor: VendorName): Promise<Description['body'] | undefined> {
    if (this.get(vendor) === undefined) await this.#load([vendor])
    return this.get(vendor)
  }

  async #load(names: readonly VendorName[]): Promise<void> {
    const { rows } = await this.#database.query<{
      format: VendorName['format']
      name: string
      body: unknown
    }>(LOAD, [names.map(({ format }) => format), names.map(({ name }) => name)])
    for (const { format, name, body } of rows) this.#hold({ format, name }, body)
  }

  /** Whether a device has introduced itself, to this program or to another. */
  async isThere(vendor: VendorName): Promise<boolean> {
    if (this.get(vendor) !== undefined) return true
    await this.#load([vendor])
    return this.get(vendor) !== undefined
  }

  /** After the commit of the batch in which they were said. */
  remember(said: readonly Description[]): void {
    for (const { vendor, body } of said) this.#hold(vendor, body)
  }

  #hold(vendor: VendorName, body: unknown): void {
    if (this.#held.size >= MOST_HELD) this.#held.clear()
    this.#held.set(keyOf(vendor), body)
  }
}
