import type { CheckinBody, RollBody } from '../shared/contract/attendance.ts'
import type { SchoolStatusBody } from '../shared/contract/school.ts'
import type { Message } from './message.ts'
import { type ReasonCode, remedyOf } from './reasons.ts'
import type { Description, VendorDraft, VendorName } from './vendor.ts'

/** A record as a decoder gives it: well-formed, still with the codes of the outside. Times are milliseconds since 1970. */
export type Draft = ReadingDraft | RollDraft | CheckinDraft | StatusDraft | ConnectionDraft

interface FromMessage {
  message: Message
  school: string
  /** Where in the body the record begins: `` or `[3].`. */
  path: string
}
export interface ReadingDraft extends FromMessage {
  kind: 'reading'
  device: string
  metric: string
  at: number
  /** The device sent no time. */
  arrival: boolean
  value: number
  /** Bits of reading.quality that only the sender knows: QUALITY.historical, QUALITY.repeated. */
  marks?: number | undefined
  /** Name of the field in the body its sender wrote, where that is not the metric's code. */
  field?: string | undefined
  /** Name of the field with the time, after `path`. @defaultValue ts */
  timeField?: string | undefined
}
export interface RollDraft extends FromMessage {
  kind: 'roll'
  roll: RollBody
}
export interface CheckinDraft extends FromMessage {
  kind: 'checkin'
  checkin: CheckinBody
  /** The registered reader, where a vendor's format names it; the protocol itself names only a gate. */
  device?: string
  timeField?: string
}
export interface StatusDraft extends FromMessage {
  kind: 'status'
  status: SchoolStatusBody
}
export interface ConnectionDraft extends FromMessage {
  kind: 'connection'
  device: string
  at: number
  online: boolean
  /** It may be said again and again; news only where it differs from what is known. */
  unlessKnown?: boolean
}

interface InSchool {
  schoolId: number
}
export interface Reading extends ReadingDraft, InSchool {
  deviceId: number
  metricId: number
  /** Bits as in the table: QUALITY in stages/enrich.ts. */
  quality: number
}
export interface Roll extends RollDraft, InSchool {
  consistent: boolean
}
export interface Checkin extends CheckinDraft, InSchool {}
export interface Status extends StatusDraft, InSchool {}
export interface Connection extends ConnectionDraft, InSchool {
  deviceId: number
}
/** A record ready to be stored: every code is an id of the registry. */
export type Row = Reading | Roll | Checkin | Status | Connection

/** What the decoders give: of the protocol's own topics with its codes, of other formats with the vendor's names. */
export type Decodable = Draft | VendorDraft

/** What could not be stored, on its way to the tables dead_message and dead_letter. */
export interface Letter {
  message: Message
  reason: ReasonCode
  field: string | null
  value: string
  detail: string
  remedy: string
  school: string | null
  /** The device's name in its vendor's words, where that is why it could not be stored. */
  vendor?: VendorName | undefined
  /** How many values of the message it speaks of, where it may be several. */
  values?: number
}

/** What travels through the stages: the messages in order of arrival, their records, and what was refused so far. */
export interface Batch<R> {
  messages: readonly Message[]
  records: readonly R[]
  /** Records that say what another record of this batch says already. */
  duplicates: readonly R[]
  letters: readonly Letter[]
  /** What devices said about themselves, to be kept in the same transaction. */
  descriptions: readonly Description[]
  /** How many values of a message were understood and hold nothing to keep. */
  ignored: ReadonlyMap<Message, number>
  /** To be published when the batch is committed. */
  commands: readonly { topic: string; payload: Buffer }[]
}

/** What became of a batch, after its transaction has committed. */
export interface Settled {
  messages: readonly Message[]
  stored: readonly Row[]
  /** Records that were there already: as rows, or as dead letters that another retry has dealt with. */
  duplicates: readonly (Row | Letter)[]
  letters: readonly Letter[]
  descriptions: readonly Description[]
  ignored: ReadonlyMap<Message, number>
  commands: readonly { topic: string; payload: Buffer }[]
}

/** Name of the field of a reading in the body its sender wrote. */
export function fieldOfReading(reading: ReadingDraft): string {
  return reading.field ?? (reading.arrival ? reading.metric : `${reading.path}values.${reading.metric}`)
}

const SHOWN_VALUE = 100
const SHOWN_FIELD = 300
const SHOWN_DETAIL = 1_000

/**
 * Letters hold what people read; the bytes of the message are kept beside them. `about.value`: what is at fault;
 * undefined where it might name a person.
 */
export function letter(
  message: Message,
  reason: ReasonCode,
  about: {
    field: string | null
    value: unknown
    detail: string
    school: string | null
    vendor?: VendorName | undefined
  },
): Letter {
  const value = typeof about.value === 'string' ? about.value : jsonOf(about.value)
  return {
    message,
    reason,
    field: about.field === null ? null : cut(about.field, SHOWN_FIELD),
    value: cut(value, SHOWN_VALUE),
    detail: cut(about.detail, SHOWN_DETAIL),
    remedy: remedyOf(reason),
    school: about.school,
    vendor: about.vendor,
  }
}

/** Texts nested very deeply can be parsed, and not be written again. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return ''
  }
}

/** A text as long as can be shown. */
export function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text
}
