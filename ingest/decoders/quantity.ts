import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** Names and units of the market to metrics and units of ours, from shared/data/vendor-metrics.json. */
const VendorMetrics = z.strictObject({
  source: z.string(),
  metrics: z.array(
    z.strictObject({
      code: z.string(),
      names: z.array(z.string().refine((name) => name === plain(name), 'names are written small')),
      units: z.record(z.string(), z.tuple([z.number(), z.number()])),
    }),
  ),
  ignored: z.array(z.string()),
})

const { metrics, ignored } = VendorMetrics.parse(
  JSON.parse(readFileSync(new URL('../../shared/data/vendor-metrics.json', import.meta.url), 'utf8')),
)
const codeOf = new Map(metrics.flatMap(({ code, names }) => names.map((name) => [name, code] as const)))
const unitsOf = new Map(metrics.map(({ code, units }) => [code, new Map(Object.entries(units))]))
const noMeasurement = new Set(ignored)

/** What a named value of a vendor is to us. */
export type Quantity =
  | { is: 'reading'; metric: string; value: number }
  /** A name that holds no measurement of ours, such as linkquality. */
  | { is: 'ignored' }
  | { is: 'fault'; reason: 'unknown-metric' | 'bad-body'; detail: string }

/**
 * Finds the metric of a vendor's name and brings the value into its unit.
 * @param unit as the vendor writes it; undefined: taken to be our own unit, because nothing says otherwise.
 * @param own further names of one route of the topic map: the metric's code by name.
 */
export function quantityOf(
  name: string,
  value: unknown,
  unit: string | undefined,
  own: Readonly<Record<string, string>> = {},
): Quantity {
  const metric = (Object.hasOwn(own, name) ? own[name] : undefined) ?? codeOf.get(plain(name))
  if (metric === undefined) {
    if (noMeasurement.has(plain(name))) return { is: 'ignored' }
    return {
      is: 'fault',
      reason: 'unknown-metric',
      detail: `no metric is known under the name ${name.slice(0, 80)}`,
    }
  }
  const number = typeof value === 'boolean' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number)) {
    return { is: 'fault', reason: 'bad-body', detail: 'a value is a number, true or false' }
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

function plain(name: string): string {
  return name.trim().toLowerCase().replaceAll(' ', '_')
}
