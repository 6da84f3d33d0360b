import type { Queryable } from '../shared/db/connect.ts'
import { sql } from '../shared/db/sql.ts'
import type { Dated } from '../shared/domain/area-tree.ts'
import { coerceError } from '../shared/node/errors.ts'
import type { Logger } from '../shared/node/log.ts'
import type { Device, School } from './stages/enrich.ts'
import type { Place } from './stages/identify.ts'
import type { Metric } from './stages/validate.ts'
import { keyOf, readAlias, type VendorName } from './vendor.ts'

const VERSION = sql(import.meta.url, './sql/registry-version.sql')
const SCHOOLS = sql(import.meta.url, './sql/registry-schools.sql')
const DEVICES = sql(import.meta.url, './sql/registry-devices.sql')
const ALIASES = sql(import.meta.url, './sql/registry-aliases.sql')
const METRICS = sql(import.meta.url, './sql/registry-metrics.sql')

const POLL_MS = 2_000

interface Held {
  version: number
  schools: ReadonlyMap<string, School>
  metrics: ReadonlyMap<string, Metric>
  aliases: ReadonlyMap<string, Place>
  /** Places of the names that continue a name after a slash, by that name. */
  below: ReadonlyMap<string, { school: string; device: string }[]>
}

/**
 * The registry in memory: schools, devices and metrics by code. Loaded again when registry_version has moved, which
 * is looked at every two seconds and whenever a batch names something unknown: a device works as soon as it is
 * registered.
 */
export class Registry {
  readonly #database: Queryable
  readonly #log: Logger
  #held: Held = { version: -1, schools: new Map(), metrics: new Map(), aliases: new Map(), below: new Map() }
  #loading: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #reachable = false
  readonly #listeners = new Set<() => void>()

  constructor(database: Queryable, log: Logger) {
    this.#database = database
    this.#log = log
  }

  /** Whether the last look at the database succeeded. */
  get reachable(): boolean {
    return this.#reachable
  }

  async start(): Promise<void> {
    await this.refresh()
    this.#schedule()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  school(code: string): School | undefined {
    return this.#held.schools.get(code)
  }

  metric(code: string): Metric | undefined {
    return this.#held.metrics.get(code)
  }

  deviceOf(vendor: VendorName): Place | undefined {
    return this.#held.aliases.get(keyOf(vendor))
  }

  /** Calls back whenever another version has been loaded. Returns what ends that. */
  onMoved(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  devicesBelow({ format, name }: VendorName): readonly { school: string; device: string }[] {
    return this.#held.below.get(keyOf({ format, name })) ?? []
  }

  /** Loads the registry again if it has changed. Several callers share one look. */
  refresh(): Promise<void> {
    this.#loading ??= this.#refresh().finally(() => {
      this.#loading = undefined
    })
    return this.#loading
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      this.refresh()
        .catch((error: unknown) =>
          this.#log.debug({ error: coerceError(error).message }, 'registry not read'),
        )
        .finally(() => {
          if (this.#timer) this.#schedule()
        })
    }, POLL_MS)
  }

  async #refresh(): Promise<void> {
    try {
      const { rows } = await this.#database.query<{ version: number }>(VERSION)
      // The version is read before the rows: what changes in between is loaded again at the next look.
      const version = rows[0]?.version ?? 0
      const moved = version !== this.#held.version
      if (moved) this.#held = await this.#load(version)
      this.#reachable = true
      if (moved) for (const listener of this.#listeners) listener()
    } catch (error) {
      this.#reachable = false
      throw error
    }
  }

  async #load(version: number): Promise<Held> {
    const schools = await this.#database.query<SchoolRow>(SCHOOLS)
    const devices = await this.#database.query<DeviceRow>(DEVICES)
    const metrics = await this.#database.query<Metric>(METRICS)
    const aliases = await this.#database.query<AliasRow>(ALIASES)
    const byId = new Map<number, Map<string, Device>>()
    const byCode = new Map<string, School>()
    for (const { code, ...school } of schools.rows) {
      const own = new Map<string, Device>()
      byId.set(school.id, own)
      byCode.set(code, { ...school, devices: own })
    }
    for (const { school, code, ...device } of devices.rows) byId.get(school)?.set(code, device)
    this.#log.info({ version, schools: byCode.size, devices: devices.rows.length }, 'registry loaded')
    return {
      version,
      schools: byCode,
      metrics: new Map(metrics.rows.map((metric) => [metric.code, metric])),
      aliases: new Map(
        aliases.rows.map(({ school, device, ...name }) => {
          const { vendor, direction } = readAlias(name)
          return [keyOf(vendor), { school, device, direction }]
        }),
      ),
      below: placesBelow(aliases.rows),
    }
  }
}

function placesBelow(rows: readonly AliasRow[]): Held['below'] {
  const below = new Map<string, { school: string; device: string }[]>()
  for (const { format, name, school, device } of rows) {
    const slash = name.lastIndexOf('/')
    if (slash === -1) continue
    const key = keyOf({ format, name: name.slice(0, slash) })
    const places = below.get(key)
    if (places) places.push({ school, device })
    else below.set(key, [{ school, device }])
  }
  return below
}

interface SchoolRow extends Dated {
  id: number
  code: string
}

interface AliasRow extends VendorName {
  school: string
  device: string
}

interface DeviceRow extends Dated {
  id: number
  school: number
  code: string
}
