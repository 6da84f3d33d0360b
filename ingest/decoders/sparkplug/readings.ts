import type { Message } from '../../message.ts'
import type { ReasonCode } from '../../reasons.ts'
import { QUALITY } from '../../stages/enrich.ts'
import type { Route } from '../../topic-map.ts'
import type { VendorName, VendorReading } from '../../vendor.ts'
import type { Fault } from '../decoder.ts'
import { quantityOf } from '../quantity.ts'
import { type KnownMetric, property, unitOf, type Vocabulary } from './birth.ts'
import { convert, isNumeric } from './datatype.ts'
import type { Metric, Payload } from './payload.ts'

export interface Sender {
  message: Message
  vendor: VendorName
  /** Whether this is its birth. */
  birth: boolean
  /** Further names of the route. */
  own: Route['metrics']
}

/** Each metric of a payload is one of these: a reading, in a fault, or ignored because it is no measurement. */
export interface Found {
  drafts: VendorReading[]
  faults: (Fault & { vendor?: VendorName })[]
  ignored: number
  /** Some metrics are not in the birth. */
  unborn: boolean
}

/** Eclipse Sparkplug 3.0, section 6.4.9: GOOD is what it is without being said. */
const STALE = 500
const GOOD = 192

/** What the metrics of a birth or of data are, by the birth. */
export function readMetrics(payload: Payload, vocabulary: Vocabulary, sender: Sender): Found {
  const found: Found = { drafts: [], faults: [], ignored: 0, unborn: false }
  const folded = new Folded()
  const taken = new Map<string, VendorReading>()
  for (const metric of payload.metrics) {
    const known = vocabulary.of(metric)
    if (!known) {
      folded.add('no-birth', metric.name ?? `alias ${metric.alias}`)
      continue
    }
    const read = readMetric(metric, known, payload, sender)
    if (read === 'ignored') found.ignored += 1
    else if ('fold' in read) folded.add(read.fold, known.name, read.note)
    else if ('reason' in read) found.faults.push(read)
    else {
      const key = `${read.metric} ${read.at}`
      const other = taken.get(key)
      if (other && other.value !== read.value) {
        const detail = `${read.metric} has the values ${other.value} and ${read.value} at the same time`
        found.faults.push({ reason: 'bad-body', field: read.field, value: read.value, detail })
      } else {
        taken.set(key, read)
        found.drafts.push(read)
      }
    }
  }
  found.unborn = folded.has('no-birth')
  found.faults.push(...folded.faults(sender.vendor))
  return found
}

type Read = VendorReading | Fault | { fold: Folding; note?: string } | 'ignored'

function readMetric(metric: Metric, known: KnownMetric, payload: Payload, sender: Sender): Read {
  const { meaning, name } = known
  const datatype = metric.datatype ?? known.datatype
  // Transient: of interest now and not to be kept, as its sender says.
  if (meaning.is === 'ignored' || metric.transient) return 'ignored'
  if (meaning.is === 'unknown') return isNumeric(datatype) ? { fold: 'unknown-metric' } : 'ignored'
  const wrong = (value: unknown, detail: string): Fault => ({
    reason: 'bad-body',
    field: name,
    value,
    detail,
  })
  if (meaning.is === 'ambiguous')
    return wrong(null, `${meaning.with}: the topic map can say which one counts`)
  const { value } = metric
  if (metric.isNull || value === undefined) {
    // A birth names what there will be; data without a value says that the sensor has none any more.
    return sender.birth ? 'ignored' : { fold: 'bad-quality', note: 'no value' }
  }
  const quality = property(metric.properties, (one) => one === 'quality') ?? GOOD
  if (quality !== GOOD && quality !== STALE)
    return { fold: 'bad-quality', note: `quality ${String(quality)}` }
  const converted = convert(value, datatype)
  if ('wrong' in converted) return wrong('is' in value ? String(value.is) : null, converted.wrong)
  const at = metric.timestamp ?? payload.timestamp ?? sender.message.receivedAt
  if (typeof at === 'bigint' || at > LATEST) return wrong(String(at), 'a time is milliseconds since 1970')
  const quantity = quantityOf(
    meaning.name,
    converted.value,
    unitOf(metric.properties) ?? known.unit,
    sender.own,
  )
  if (quantity.is === 'ignored') return 'ignored'
  if (quantity.is === 'fault') {
    return { reason: quantity.reason, field: name, value: converted.value, detail: quantity.detail }
  }
  return {
    kind: 'reading',
    message: sender.message,
    vendor: sender.vendor,
    path: '',
    metric: quantity.metric,
    at,
    arrival: metric.timestamp === undefined && payload.timestamp === undefined,
    value: quantity.value,
    // A stale value is an earlier one, kept because there is none of now.
    ...(metric.historical || quality === STALE ? { marks: QUALITY.historical } : {}),
    field: name,
  }
}

/** Beyond it the language has no dates (the year 275760). */
const LATEST = 8.64e15

/** Reasons that are said once a message, with the names of all its metrics. */
type Folding = Extract<ReasonCode, 'no-birth' | 'unknown-metric' | 'bad-quality'>
const SENTENCES: Record<Folding, string> = {
  'no-birth': 'not in the birth of its device',
  'unknown-metric': 'no metric is known under this name',
  'bad-quality': 'the device itself says that it is not good',
}
const MOST_NAMED = 20
const LONGEST_SHOWN = 80

class Folded {
  readonly #said = new Map<Folding, { name: string; note: string }[]>()

  add(reason: Folding, name: string, note?: string): void {
    const one = { name: name.slice(0, LONGEST_SHOWN), note: note ? ` (${note.slice(0, LONGEST_SHOWN)})` : '' }
    const others = this.#said.get(reason)
    if (others) others.push(one)
    else this.#said.set(reason, [one])
  }

  has(reason: Folding): boolean {
    return this.#said.has(reason)
  }

  faults(vendor: VendorName): Found['faults'] {
    return [...this.#said].map(([reason, said]) => {
      const names = said.slice(0, MOST_NAMED).map(({ name }) => name)
      const list = said.slice(0, MOST_NAMED).map(({ name, note }) => name + note)
      const count = said.length === 1 ? '' : `${said.length} metrics: `
      const more = said.length > MOST_NAMED ? ', …' : ''
      return {
        reason,
        field: said.length === 1 ? names[0]! : null,
        value: names.join(', '),
        detail: `${count}${SENTENCES[reason]}: ${list.join(', ')}${more}`,
        ...(reason === 'no-birth' ? { vendor } : {}),
      }
    })
  }
}
