/** Writing payloads of Sparkplug B (sparkplug_b.proto of Eclipse Tahu), by hand, so that tests can write wrong ones too. */

export interface MetricToWrite {
  name?: string
  alias?: number | bigint
  timestamp?: number | bigint
  datatype?: number
  historical?: boolean
  transient?: boolean
  isNull?: boolean
  properties?: Record<string, PropertyToWrite>
  int?: number | bigint
  long?: number | bigint
  float?: number
  double?: number
  boolean?: boolean
  string?: string
  bytes?: Buffer
  dataset?: Buffer
  template?: Buffer
}

export interface PropertyToWrite {
  type?: number
  isNull?: boolean
  int?: number | bigint
  long?: number | bigint
  double?: number
  boolean?: boolean
  string?: string
}

export interface PayloadToWrite {
  timestamp?: number | bigint
  metrics?: MetricToWrite[]
  seq?: number
  uuid?: string
  body?: Buffer
}

/** Numbers of the data types. */
export const TYPE = {
  Int8: 1,
  Int16: 2,
  Int32: 3,
  Int64: 4,
  UInt8: 5,
  UInt16: 6,
  UInt32: 7,
  UInt64: 8,
  Float: 9,
  Double: 10,
  Boolean: 11,
  String: 12,
  DateTime: 13,
  Text: 14,
  UUID: 15,
  DataSet: 16,
  Bytes: 17,
  File: 18,
  Template: 19,
} as const

export function encodePayload({ timestamp, metrics = [], seq, uuid, body }: PayloadToWrite): Buffer {
  return Buffer.concat([
    whole(1, timestamp),
    ...metrics.map((one) => part(2, encodeMetric(one))),
    whole(3, seq),
    text(4, uuid),
    part(5, body),
  ])
}

export function encodeMetric(metric: MetricToWrite): Buffer {
  return Buffer.concat([
    text(1, metric.name),
    whole(2, metric.alias),
    whole(3, metric.timestamp),
    whole(4, metric.datatype),
    truth(5, metric.historical),
    truth(6, metric.transient),
    truth(7, metric.isNull),
    part(9, metric.properties && encodeProperties(metric.properties)),
    whole(10, metric.int),
    whole(11, metric.long),
    float(12, metric.float),
    double(13, metric.double),
    truth(14, metric.boolean),
    text(15, metric.string),
    part(16, metric.bytes),
    part(17, metric.dataset),
    part(18, metric.template),
  ])
}

function encodeProperties(properties: Record<string, PropertyToWrite>): Buffer {
  const values = Object.values(properties).map((one) =>
    Buffer.concat([
      whole(1, one.type),
      truth(2, one.isNull),
      whole(3, one.int),
      whole(4, one.long),
      double(6, one.double),
      truth(7, one.boolean),
      text(8, one.string),
    ]),
  )
  const keys = Object.keys(properties).map((key) => text(1, key))
  return Buffer.concat([...keys, ...values.map((value) => part(2, value))])
}

/** Negative numbers are written as 64 bits, as protocol buffers do. */
export function varint(value: number | bigint): Buffer {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  return Buffer.from([...bytes, Number(rest)])
}

const NOTHING = Buffer.alloc(0)
const tag = (number: number, wire: number) => varint(number * 8 + wire)

function whole(number: number, value: number | bigint | undefined): Buffer {
  return value === undefined ? NOTHING : Buffer.concat([tag(number, 0), varint(value)])
}

function truth(number: number, value: boolean | undefined): Buffer {
  return whole(number, value === undefined ? undefined : Number(value))
}

/** A value of a length: a text, bytes or a message. */
export function part(number: number, value: Buffer | undefined): Buffer {
  return value ? Buffer.concat([tag(number, 2), varint(value.length), value]) : NOTHING
}

function text(number: number, value: string | undefined): Buffer {
  return part(number, value === undefined ? undefined : Buffer.from(value))
}

function float(number: number, value: number | undefined): Buffer {
  if (value === undefined) return NOTHING
  const bytes = Buffer.alloc(4)
  bytes.writeFloatLE(value)
  return Buffer.concat([tag(number, 5), bytes])
}

function double(number: number, value: number | undefined): Buffer {
  if (value === undefined) return NOTHING
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return Buffer.concat([tag(number, 1), bytes])
}
