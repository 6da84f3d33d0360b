import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** Names and units of the market to metrics and units of ours, from shared/data/vendor-metrics.json. */
const Name = z.string().refine((name) => name === plain(name), 'names are written small')
const VendorMetrics = z.strictObject({
  source: z.string(),
  metrics: z.array(
    z.strictObject({
      code: z.string(),
      names: z.array(Name),
      /** Names that mean this metric only where their value is true or false; a number under them is something else. */
      flags: z.array(Name).default([]),
      units: z.record(z.string(), z.tuple([z.number(), z.number()])),
    }),
  ),
  /** Words for 1 and 0, taken for metrics that are nothing else. */
  words: z.record(z.string(), z.union([z.literal(0), z.literal(1)])),
  ignored: z.array(Name),
})

const { metrics, words, ignored } = VendorMetrics.parse(
  JSON.parse(readFileSync(new URL('../../shared/data/vendor-metrics.json', import.meta.url), 'utf8')),
)
const codeOf = new Map(metrics.flatMap(({ code, names }) => names.map((name) => [name, code] as const)))
const flagOf = new Map(metrics.flatMap(({ code, flags }) => flags.map((name) => [name, code] as const)))
const unitsOf = new Map(metrics.map(({ code, units }) => [code, new Map(Object.entries(units))]))
const truth = new Map(Object.entries(words))
const noMeasurement = new Set(ignored)

/** Further names of one route of the topic map: the metric's code by name, or null for what is to be left out. */
export type OwnNames = Readonly<Record<string, string | null>>

/** What a named value of a vendor is to us. */
export type Quantity =
  | { is: 'reading'; metric: string; value: number }
  /** A name that holds no measurement of ours, such as linkquality. */
  | { is: 'ignored' }
  | { is: 'fault'; reason: 'unknown-metric' | 'bad-body'; detail: string }

/**
 * Finds the metric of a vendor's name and brings the value into its unit.
 * @param name one name, or several from the most exact to the least: `AM2301.Temperature`, `Temperature`.
 * @param unit as the vendor writes it; undefined: taken to be our own unit, because nothing says otherwise.
 */
export function quantityOf(
  name: string | readonly string[],
  value: unknown,
  unit: string | undefined,
  own: OwnNames = {},
): Quantity {
  const names = typeof name === 'string' ? [name] : name
  const metric = metricOf(names, value, unit, own)
  if (metric === null) return { is: 'ignored' }
  if (metric === undefined) {
    const detail = `no metric is known under the name ${names[0]?.slice(0, 80)}`
    return { is: 'fault', reason: 'unknown-metric', detail }
  }
  const number = numberOf(value, isFlag(metric))
  if (number === undefined) {
    const detail = isFlag(metric) ? 'a value is true or false, or 1 or 0' : 'a value is a number'
    return { is: 'fault', reason: 'bad-body', detail }
  }
  if (unit === undefined) return { is: 'reading', metric, value: number }
  const [factor, offset] = unitsOf.get(metric)?.get(unit.trim().toLowerCase()) ?? []
  if (factor === undefined || offset === undefined) {
    return {
      is: 'fault',
      reason: 'bad-body',
      detail: `${metric} in the unit ${unit.slice(0, 20)}: not a unit of it that is known`,
    }
  }
  // Conversions leave tails of binary fractions: 27.3 °C must not become 27.300000000000004.
  const converted = factor === 1 && offset === 0 ? number : Number((number * factor + offset).toPrecision(12))
  return { is: 'reading', metric, value: converted }
}

/** Whether a name is known, whatever its value. */
export function isKnownName(name: string, own: OwnNames): boolean {
  return Object.hasOwn(own, name) || codeOf.has(plain(name)) || flagOf.has(plain(name)) || isIgnored(name)
}

/** Whether a name, or a group of them, holds no measurement of ours. */
export function isIgnored(name: string): boolean {
  return noMeasurement.has(plain(name))
}

/** The metric's code of some names; null: to be left out; undefined: not known. */
export function metricOf(
  names: readonly string[],
  value: unknown,
  unit: string | undefined,
  own: OwnNames,
): string | null | undefined {
  for (const name of names) if (Object.hasOwn(own, name)) return own[name]
  for (const name of names.map(plain)) {
    if (noMeasurement.has(name)) return null
    const flag = flagOf.get(name)
    const code = codeOf.get(name) ?? (flag && (isTruth(value) || unit === '0/1') ? flag : undefined)
    if (code !== undefined) return code
  }
  return undefined
}

/** Metrics that are 1 or 0. */
function isFlag(metric: string): boolean {
  return unitsOf.get(metric)?.has('0/1') ?? false
}

function isTruth(value: unknown): boolean {
  return typeof value === 'boolean' || (typeof value === 'string' && truth.has(value.trim().toLowerCase()))
}

const DECIMAL = /^[-+]?\d+(\.\d+)?(e[-+]?\d{1,3})?$/i

/** Many devices write numbers as texts. true is 1 only where 1 and 0 are all there is: it is no temperature. */
function numberOf(value: unknown, flag: boolean): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (typeof value === 'boolean') return flag ? Number(value) : undefined
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  if (flag && truth.has(text.toLowerCase())) return truth.get(text.toLowerCase())
  const number = DECIMAL.test(text) ? Number(text) : Number.NaN
  return Number.isFinite(number) ? number : undefined
}

function plain(name: string): string {
  return name.trim().toLowerCase().replace(/[ -]/g, '_')
}
