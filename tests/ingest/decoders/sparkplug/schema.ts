import protobuf from 'protobufjs'

/**
 * The part of sparkplug_b.proto (Eclipse Sparkplug 3.0, section 6.4.1) that carries numbers, for another reader of
 * the same bytes: protobufjs.
 */
const SCHEMA = `
syntax = "proto2";
message Payload {
  message DataSet { optional uint64 num_of_columns = 1; repeated string columns = 2; repeated uint32 types = 3; }
  message Template { optional string version = 1; repeated Metric metrics = 2; optional string template_ref = 4; optional bool is_definition = 5; }
  message PropertyValue {
    optional uint32 type = 1;
    optional bool is_null = 2;
    oneof value {
      uint32 int_value = 3; uint64 long_value = 4; float float_value = 5; double double_value = 6; bool boolean_value = 7;
      string string_value = 8; PropertySet propertyset_value = 9; PropertySetList propertysets_value = 10;
    }
  }
  message PropertySet { repeated string keys = 1; repeated PropertyValue values = 2; }
  message PropertySetList { repeated PropertySet propertyset = 1; }
  message MetaData { optional bool is_multi_part = 1; optional string content_type = 2; optional uint64 size = 3; }
  message Metric {
    optional string name = 1;
    optional uint64 alias = 2;
    optional uint64 timestamp = 3;
    optional uint32 datatype = 4;
    optional bool is_historical = 5;
    optional bool is_transient = 6;
    optional bool is_null = 7;
    optional MetaData metadata = 8;
    optional PropertySet properties = 9;
    oneof value {
      uint32 int_value = 10; uint64 long_value = 11; float float_value = 12; double double_value = 13;
      bool boolean_value = 14; string string_value = 15; bytes bytes_value = 16; DataSet dataset_value = 17;
      Template template_value = 18;
    }
  }
  optional uint64 timestamp = 1;
  repeated Metric metrics = 2;
  optional uint64 seq = 3;
  optional string uuid = 4;
  optional bytes body = 5;
}`

const PayloadType = protobuf.parse(SCHEMA, { keepCase: true }).root.lookupType('Payload')

interface Theirs {
  timestamp?: string
  seq?: string
  uuid?: string
  metrics?: TheirMetric[]
}
interface TheirMetric {
  name?: string
  alias?: string
  timestamp?: string
  datatype?: number
  is_historical?: boolean
  is_transient?: boolean
  is_null?: boolean
  properties?: { keys?: string[]; values?: Record<string, unknown>[] }
  value?: string
  [field: string]: unknown
}

/** 64-bit numbers in decimal; `value` names the field of the oneof. @throws when the bytes are no such message */
export function decodeByReference(bytes: Buffer): Theirs {
  const decoded = PayloadType.toObject(PayloadType.decode(bytes), { longs: String, oneofs: true })
  return decoded as Theirs
}

/** The other way: bytes that protobufjs writes. */
export function encodeByReference(payload: object): Buffer {
  return Buffer.from(PayloadType.encode(PayloadType.fromObject(payload)).finish())
}
