import { isObject } from './body.ts'

/** What an attribute says of one quantity. */
export interface Measured {
  value: unknown
  /** UN/CEFACT code, or whatever the sender writes there. */
  unit: string | undefined
  /** When it was measured, as it stands in the body, and where it stands there. */
  observed: { at: unknown; field: string } | undefined
  /** When the context broker took it over, as it stands in the body. */
  changed: unknown
}

/** Kinds of attributes that are no measurements: places, links, words in several languages, documents. */
const NO_MEASUREMENT: unknown[] = [
  'GeoProperty',
  'Relationship',
  'LanguageProperty',
  'VocabProperty',
  'VocabularyProperty',
  'JsonProperty',
  'ListProperty',
  'ListRelationship',
  'geo:json',
]
/** ETSI GS CIM 009, 4.5.0: stands for a value that has been deleted. */
const DELETED = 'urn:ngsi-ld:null'
const NUMBERS: unknown[] = ['Number', 'Integer', 'Float']

/**
 * Reads an attribute in any of its forms: `612` (simplified, keyValues), `{"value"}` (concise), `{"type":"Property",
 * "value","unitCode","observedAt"}` (normalized), `{"type","value","metadata"}` (NGSI-v2). undefined: it holds no value.
 */
export function measuredOf(attribute: unknown): Measured | undefined {
  if (attribute === DELETED) return undefined
  if (!isObject(attribute)) {
    return { value: attribute, unit: undefined, observed: undefined, changed: undefined }
  }
  const { type, value, unitCode, observedAt, modifiedAt } = attribute
  if (NO_MEASUREMENT.includes(type) || !('value' in attribute) || value === DELETED) return undefined
  const metadata = isObject(attribute['metadata']) ? attribute['metadata'] : {}
  const unit = unitCode ?? plainValue(metadata['unitCode'])
  const instant = plainValue(metadata['TimeInstant'])
  return {
    value: NUMBERS.includes(type) ? numberOf(value) : value,
    unit: unit === undefined ? undefined : String(unit),
    observed:
      observedAt !== undefined
        ? { at: observedAt, field: 'observedAt' }
        : instant !== undefined
          ? { at: instant, field: 'metadata.TimeInstant' }
          : undefined,
    changed: modifiedAt ?? plainValue(metadata['dateModified']),
  }
}

/** What stands in `{"value"}` or in its place; dates of JSON-LD stand in `{"@value"}`. */
export function plainValue(attribute: unknown): unknown {
  const value = isObject(attribute) && 'value' in attribute ? attribute['value'] : attribute
  return isObject(value) && '@value' in value ? value['@value'] : value
}

/** IoT agents of NGSI-v2 write numbers as texts. */
function numberOf(value: unknown): unknown {
  if (typeof value !== 'string' || value.trim() === '') return value
  const number = Number(value)
  return Number.isFinite(number) ? number : value
}
