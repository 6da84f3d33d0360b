import { type Whole, WireReader } from './wire.ts'

/**
 * The payload of Sparkplug B: org.eclipse.tahu.protobuf.Payload of sparkplug_b.proto (Eclipse Sparkplug 3.0, section
 * 6.4.1), as far as numbers need it. What is within data sets, templates, files and metadata is passed over.
 */
export interface Payload {
  /** When it was sent, milliseconds since 1970. */
  timestamp: Whole | undefined
  seq: Whole | undefined
  uuid: string | undefined
  /** The first ones, up to the number asked for. */
  metrics: Metric[]
  /** How many there are. */
  count: number
}

export interface Metric {
  name: string | undefined
  alias: Whole | undefined
  /** When its value was measured, milliseconds since 1970. */
  timestamp: Whole | undefined
  datatype: number | undefined
  historical: boolean
  transient: boolean
  isNull: boolean
  /** By name; the values of sets within it are undefined. */
  properties: ReadonlyMap<string, Scalar | undefined>
  value: Value | undefined
}

export type Scalar = Whole | boolean | string
/** The value with the name of the field that holds it, because that says how its bits are to be read. */
export type Value =
  | { in: 'int_value' | 'float_value' | 'double_value'; is: number }
  | { in: 'long_value'; is: Whole }
  | { in: 'boolean_value'; is: boolean }
  | { in: 'string_value'; is: string }
  | { in: (typeof OTHERS)[keyof typeof OTHERS] }

/** Tags are number x 8 + wire type (0 varint, 1 of 8 bytes, 2 of a length, 5 of 4 bytes). */
const PAYLOAD = { timestamp: 8, metrics: 18, seq: 24, uuid: 34 } as const
const METRIC = {
  name: 10,
  alias: 16,
  timestamp: 24,
  datatype: 32,
  historical: 40,
  transient: 48,
  isNull: 56,
  properties: 74,
  int: 80,
  long: 88,
  float: 101,
  double: 105,
  boolean: 112,
  string: 122,
  bytes: 130,
  dataset: 138,
  template: 146,
  extension: 154,
} as const
/** Values that are no numbers; they are passed over. */
const OTHERS = {
  [METRIC.bytes]: 'bytes_value',
  [METRIC.dataset]: 'dataset_value',
  [METRIC.template]: 'template_value',
  [METRIC.extension]: 'extension_value',
} as const
const PROPERTIES = { keys: 10, values: 18 } as const
const PROPERTY = { isNull: 16, int: 24, long: 32, float: 45, double: 49, boolean: 56, string: 66 } as const

/** @throws WireError when the bytes are no message of the wire format. */
export function readPayload(bytes: Buffer, mostMetrics: number): Payload {
  const payload: Payload = { timestamp: undefined, seq: undefined, uuid: undefined, metrics: [], count: 0 }
  const reader = new WireReader(bytes)
  for (let field = reader.next(); field; field = reader.next()) {
    if (field.tag === PAYLOAD.timestamp) payload.timestamp = reader.varint()
    else if (field.tag === PAYLOAD.metrics) {
      const metric = reader.message()
      payload.count += 1
      if (payload.count <= mostMetrics) payload.metrics.push(readMetric(metric))
    } else if (field.tag === PAYLOAD.seq) payload.seq = reader.varint()
    else if (field.tag === PAYLOAD.uuid) payload.uuid = text(reader)
    else reader.skip(field)
  }
  return payload
}

function readMetric(reader: WireReader): Metric {
  const keys: string[] = []
  const values: (Scalar | undefined)[] = []
  const metric: Omit<Metric, 'properties'> = {
    name: undefined,
    alias: undefined,
    timestamp: undefined,
    datatype: undefined,
    historical: false,
    transient: false,
    isNull: false,
    value: undefined,
  }
  for (let field = reader.next(); field; field = reader.next()) {
    switch (field.tag) {
      case METRIC.name:
        metric.name = text(reader)
        break
      case METRIC.alias:
        metric.alias = reader.varint()
        break
      case METRIC.timestamp:
        metric.timestamp = reader.varint()
        break
      case METRIC.datatype:
        metric.datatype = reader.uint32()
        break
      case METRIC.historical:
        metric.historical = reader.bool()
        break
      case METRIC.transient:
        metric.transient = reader.bool()
        break
      case METRIC.isNull:
        metric.isNull = reader.bool()
        break
      case METRIC.properties:
        readProperties(reader.message(), keys, values)
        break
      default: {
        // Of the values the last one counts, as of every field.
        const value = readValue(reader, field.tag)
        if (value) metric.value = value
        else reader.skip(field)
      }
    }
  }
  const properties = keys.length === 0 ? NONE : new Map(keys.map((key, at) => [key, values[at]]))
  return { ...metric, properties }
}

const NONE: Metric['properties'] = new Map()

function readValue(reader: WireReader, tag: number): Value | undefined {
  switch (tag) {
    case METRIC.int:
      return { in: 'int_value', is: reader.uint32() }
    case METRIC.long:
      return { in: 'long_value', is: reader.varint() }
    case METRIC.float:
      return { in: 'float_value', is: reader.float() }
    case METRIC.double:
      return { in: 'double_value', is: reader.double() }
    case METRIC.boolean:
      return { in: 'boolean_value', is: reader.bool() }
    case METRIC.string:
      return { in: 'string_value', is: text(reader) }
    case METRIC.bytes:
    case METRIC.dataset:
    case METRIC.template:
    case METRIC.extension:
      reader.bytes()
      return { in: OTHERS[tag] }
    default:
      return undefined
  }
}

function readProperties(reader: WireReader, keys: string[], values: (Scalar | undefined)[]): void {
  for (let field = reader.next(); field; field = reader.next()) {
    if (field.tag === PROPERTIES.keys) keys.push(text(reader))
    else if (field.tag === PROPERTIES.values) values.push(readProperty(reader.message()))
    else reader.skip(field)
  }
}

function readProperty(reader: WireReader): Scalar | undefined {
  let value: Scalar | undefined
  let isNull = false
  for (let field = reader.next(); field; field = reader.next()) {
    if (field.tag === PROPERTY.isNull) isNull = reader.bool()
    else if (field.tag === PROPERTY.int) value = reader.uint32()
    else if (field.tag === PROPERTY.long) value = reader.varint()
    else if (field.tag === PROPERTY.float) value = reader.float()
    else if (field.tag === PROPERTY.double) value = reader.double()
    else if (field.tag === PROPERTY.boolean) value = reader.bool()
    else if (field.tag === PROPERTY.string) value = text(reader)
    else reader.skip(field)
  }
  return isNull ? undefined : value
}

function text(reader: WireReader): string {
  return reader.bytes().toString('utf8')
}
