import { z } from 'zod'
import type { Route } from '../../topic-map.ts'
import type { Fault } from '../decoder.ts'
import { quantityOf } from '../quantity.ts'
import { DATATYPE, isNumeric } from './datatype.ts'
import type { Metric, Payload, Scalar } from './payload.ts'

/** What is kept of a birth: whatever the data that follows it does not repeat. */
export const Birth = z.object({
  /** When it came, by our clock and never before the one that it replaced: the clock may have been set back. */
  at: z.number(),
  /** Until its death. */
  online: z.boolean(),
  /** Number of the edge node's session, from its birth; null: it does not number its sessions. */
  bdSeq: z.number().nullable(),
  metrics: z.array(
    z.object({
      name: z.string(),
      /** In decimal, because it may have 64 bits. */
      alias: z.string().optional(),
      datatype: z.number().optional(),
      unit: z.string().optional(),
    }),
  ),
})
export type Birth = z.infer<typeof Birth>
export type BornMetric = Birth['metrics'][number]

const LONGEST_NAME = 200
const LONGEST_UNIT = 40
/** The specification leaves the unit to convention; these are the names of the property that are in use, written small. */
const UNIT_PROPERTIES = new Set([
  'engunit',
  'engunits',
  'unit',
  'units',
  'engineeringunit',
  'engineeringunits',
  'uom',
])

export interface Born {
  born: BornMetric[]
  /** The metrics as they came, but for those without a name. */
  named: Metric[]
  faults: Fault[]
}

/** The metrics of a birth, and what is wrong with some of them; a wrong one leaves the others alone. */
export function bornMetrics({ metrics }: Payload): Born {
  const faults: Fault[] = []
  const named: Metric[] = []
  const born: BornMetric[] = []
  const byAlias = new Map<string, BornMetric>()
  for (const metric of metrics) {
    const { name } = metric
    if (!name || name.length > LONGEST_NAME) {
      const detail = `a metric of a birth has a name of 1 to ${LONGEST_NAME} characters`
      faults.push({ reason: 'bad-body', field: 'name', value: name ?? null, detail })
      continue
    }
    named.push(metric)
    const one: BornMetric = { name, ...definitionOf(metric) }
    const other = one.alias === undefined ? undefined : byAlias.get(one.alias)
    if (other && other.name !== name) {
      const detail = `alias ${one.alias} stands for ${other.name} and for ${name}: neither is read by it`
      faults.push({ reason: 'bad-body', field: name, value: one.alias, detail })
      delete other.alias
      delete one.alias
    } else if (one.alias !== undefined) byAlias.set(one.alias, one)
    born.push(one)
  }
  return { born, named, faults }
}

function definitionOf({ alias, datatype, properties }: Metric): Omit<BornMetric, 'name'> {
  const unit = unitOf(properties)
  return {
    ...(alias === undefined ? {} : { alias: String(alias) }),
    ...(datatype === undefined ? {} : { datatype }),
    ...(unit === undefined ? {} : { unit: unit.slice(0, LONGEST_UNIT) }),
  }
}

export function unitOf(properties: Metric['properties']): string | undefined {
  const unit = property(properties, (name) => UNIT_PROPERTIES.has(name))
  return typeof unit === 'string' && unit.trim() !== '' ? unit : undefined
}

/** The first property whose name, written small and without spaces, is wanted. */
export function property(
  properties: Metric['properties'],
  wanted: (name: string) => boolean,
): Scalar | undefined {
  for (const [name, value] of properties) if (wanted(name.toLowerCase().replace(/[ _]/g, ''))) return value
  return undefined
}

/** What a metric of a device is to us. */
export type Meaning =
  /** A metric of ours, found under `name`: the whole name or its last level. */
  { is: 'metric'; name: string } | { is: 'ambiguous'; with: string } | { is: 'unknown' } | { is: 'ignored' }

export interface KnownMetric extends BornMetric {
  meaning: Meaning
}

/** The metrics of a birth by name and by alias. */
export class Vocabulary {
  readonly #byName = new Map<string, KnownMetric>()
  readonly #byAlias = new Map<string, KnownMetric>()

  /** @param own further names of the route: the metric's code by name, whole or last level. */
  constructor(born: readonly BornMetric[], own: Route['metrics']) {
    const claims = new Map<string, Claim[]>()
    for (const one of born) {
      const { meaning, code, named } = claimOf(one, own)
      const known: KnownMetric = this.#byName.get(one.name) ?? { ...one, meaning }
      if (code !== undefined && !this.#byName.has(one.name)) {
        const others = claims.get(code)
        if (others) others.push({ known, named })
        else claims.set(code, [{ known, named }])
      }
      this.#byName.set(one.name, known)
      if (one.alias !== undefined) this.#byAlias.set(one.alias, known)
    }
    for (const [code, claimants] of claims) settle(code, claimants)
  }

  /** By its name where it has one, else by its alias. */
  of({ name, alias }: Metric): KnownMetric | undefined {
    return name === undefined ? this.#byAlias.get(String(alias)) : this.#byName.get(name)
  }
}

interface Claim {
  known: KnownMetric
  /** By its whole name in the topic map: somebody has decided. */
  named: boolean
}

/** Two sensors of one device must not be stored as one: where several metrics mean the same, the topic map decides or nobody. */
function settle(code: string, claims: readonly Claim[]): void {
  const named = claims.filter((claim) => claim.named)
  const candidates = named.length > 0 ? named : claims
  for (const { known } of claims) {
    if (candidates.length === 1) {
      if (known !== candidates[0]!.known) known.meaning = { is: 'ignored' }
      continue
    }
    const names = candidates.map((one) => one.known.name)
    known.meaning = { is: 'ambiguous', with: `${code} is ${names.slice(0, 5).join(' and ')}` }
  }
}

/** Commands are no measurements. */
const OF_THE_PROTOCOL = /^(?:Node|Device) Control\//i

function claimOf({ name, datatype }: BornMetric, own: Route['metrics']) {
  const named = Object.hasOwn(own, name)
  const ignored = { meaning: { is: 'ignored' } as Meaning, code: undefined, named }
  if (!named && OF_THE_PROTOCOL.test(name)) return ignored
  const short = named ? name : name.slice(name.lastIndexOf('/') + 1)
  // Some names mean a metric only as true or false: a power that is a number is watts.
  const quantity = quantityOf(short, datatype === DATATYPE.Boolean ? true : 0, undefined, own)
  if (quantity.is === 'reading') {
    return { meaning: { is: 'metric', name: short } as Meaning, code: quantity.metric, named }
  }
  // A text that no metric is known for is no measurement: a serial number, a firmware version.
  if (quantity.is === 'ignored' || !isNumeric(datatype)) return ignored
  return { meaning: { is: 'unknown' } as Meaning, code: undefined, named }
}
