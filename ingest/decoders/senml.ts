import { z } from 'zod'
import { LONGEST_NAME } from '../../shared/contract/format.ts'
import type { Message } from '../message.ts'
import type { Route } from '../topic-map.ts'
import type { VendorName } from '../vendor.ts'
import { isObject } from './body.ts'
import { elementsOf, type Fault, faultOf } from './decoder.ts'
import { Findings, unreadable } from './findings.ts'
import type { Reading } from './format.ts'
import { isKnownName, type OwnNames } from './quantity.ts'

/** [RFC 8428, 4.4] The version this program reads; a higher one may change what the fields mean. */
const VERSION = 10
/** [RFC 8428, 4.5.3] Seconds below this are counted from now, others from 1970. */
const RELATIVE_BELOW = 2 ** 28

/** [RFC 8428, 4.1] Fields that hold for this record and those after it, until one says otherwise. */
const Base = z.object({
  bver: z.number().int().max(VERSION, `a version up to ${VERSION}`).optional(),
  bn: z.string().optional(),
  bt: z.number().optional(),
  bu: z.string().optional(),
  bv: z.number().optional(),
  bs: z.number().optional(),
})
type Base = z.infer<typeof Base>

/** [RFC 8428, 4.2] Fields of one record. */
const Regular = z.object({
  n: z.string().optional(),
  u: z.string().optional(),
  v: z.number().optional(),
  vb: z.boolean().optional(),
  vs: z.unknown().optional(),
  vd: z.unknown().optional(),
  s: z.unknown().optional(),
  t: z.number().optional(),
  ut: z.unknown().optional(),
})
type Regular = z.infer<typeof Regular>

/** Reads a SenML pack, whatever its bytes were: an array of records with the labels of JSON. */
export function readPack(
  pack: unknown,
  format: VendorName['format'],
  message: Message,
  route: Route,
): Reading {
  const records = Array.isArray(pack) ? elementsOf(pack) : undefined
  if (!records || !Array.isArray(records)) {
    const fault = {
      reason: 'bad-body',
      field: null,
      value: pack,
      detail: 'a pack is an array of records',
    } as const
    return unreadable(records ?? fault)
  }
  const findings = new Findings(message, route)
  let base: Base = {}
  for (const { path, element } of records) {
    const own = readBase(element, path)
    // What a wrong base field would have said of the records behind it nobody knows.
    if ('reason' in own) return unreadable(own)
    base = { ...base, ...own }
    const regular = Regular.safeParse(element)
    if (!regular.success) findings.refuse(faultOf(regular.error, element, path))
    else if (Object.keys(regular.data).length > 0) {
      addRecord(resolve(base, regular.data), { format, path, message, route }, findings)
    }
  }
  return findings.reading()
}

function readBase(element: unknown, path: string): Base | Fault {
  if (!isObject(element)) {
    return { reason: 'bad-body', field: path.slice(0, -1), value: element, detail: 'a record is an object' }
  }
  // [RFC 8428, 4.4] A label that ends so must be understood, or the pack is not to be used.
  const mandatory = Object.keys(element).find((label) => label.endsWith('_'))
  if (mandatory !== undefined) {
    const detail = 'a field that must be understood (it ends in _), and is not'
    return { reason: 'bad-body', field: `${path}${mandatory}`, value: element[mandatory], detail }
  }
  const parsed = Base.safeParse(element)
  return parsed.success ? parsed.data : faultOf(parsed.error, element, path)
}

interface Resolved {
  name: string
  /** Seconds, from now or from 1970. */
  time: number
  value: number | boolean | undefined
  unit: string | undefined
  /** Labels of its values; one is right. */
  labels: string[]
}

/** [RFC 8428, 4.6] A record with its base fields applied. */
function resolve(base: Base, regular: Regular): Resolved {
  const { v, vb } = regular
  const labels = (['v', 'vb', 'vs', 'vd'] as const).filter((label) => regular[label] !== undefined)
  // A base value alone is a value, unless the record holds one of another kind.
  const isNumber = labels.length === 0 ? base.bv !== undefined && regular.s === undefined : v !== undefined
  const sum = base.bv === undefined ? v : Number((base.bv + (v ?? 0)).toPrecision(12))
  return {
    name: (base.bn ?? '') + (regular.n ?? ''),
    time: (base.bt ?? 0) + (regular.t ?? 0),
    value: isNumber ? sum : vb,
    unit: (isNumber && (regular.u ?? base.bu)) || undefined,
    labels: labels.length === 0 && isNumber ? ['v'] : labels,
  }
}

function addRecord(
  { name, time, value, unit, labels }: Resolved,
  {
    format,
    path,
    message,
    route,
  }: { format: VendorName['format']; path: string; message: Message; route: Route },
  findings: Findings,
): void {
  const isLong = name.length > LONGEST_NAME
  const { device, metric } = isLong ? { device: '', metric: '' } : splitName(name, route.metrics)
  if (device === '') {
    const detail = isLong
      ? `the name (bn and n together) has more than ${LONGEST_NAME} characters`
      : 'the name (bn and n together) has no device before its metric'
    findings.refuse({ reason: 'unnamed-device', field: `${path}n`, value: isLong ? '' : name, detail })
    return
  }
  if (labels.length !== 1 || value === undefined) {
    const detail = 'one value v or vb is read; texts, data and sums are no measurements here'
    findings.refuseBody(`${path}${labels[0] ?? 'v'}`, labels.join(' '), detail)
    return
  }
  const isRelative = time < RELATIVE_BELOW
  const at = Math.round(time * 1000) + (isRelative ? message.receivedAt : 0)
  const names = [name, metric]
  findings.add({ vendor: { format, name: device }, at, arrival: isRelative, path, timeField: 't' }, [
    { path: `${path}${labels[0]}`, names, value, unit },
  ])
}

/**
 * Device and metric of a SenML name, which knows no such parts: the metric is the longest end behind `:` `/` `_` or
 * `.` that is a known name; where none is, what stands behind the last `:` or `/`.
 */
export function splitName(name: string, own: OwnNames): { device: string; metric: string } {
  for (const { index } of name.matchAll(/[:/_.]/g)) {
    const metric = name.slice(index + 1)
    if (isKnownName(metric, own)) return { device: name.slice(0, index), metric }
  }
  const last = Math.max(name.lastIndexOf(':'), name.lastIndexOf('/'))
  return { device: name.slice(0, Math.max(last, 0)), metric: name.slice(last + 1) }
}
