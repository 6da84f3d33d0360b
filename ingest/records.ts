import type { CheckinBody, RollBody } from '../shared/contract/attendance.ts'
import type { SchoolStatusBody } from '../shared/contract/school.ts'
import type { Message } from './message.ts'
import { type ReasonCode, remedyOf } from './reasons.ts'

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
}
export interface RollDraft extends FromMessage {
  kind: 'roll'
  roll: RollBody
}
export interface CheckinDraft extends FromMessage {
  kind: 'checkin'
  checkin: CheckinBody
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
}

interface InSchool {
  schoolId: number
}
export interface Reading extends ReadingDraft, InSchool {
  deviceId: number
  metricId: number
  /** Bits as in the table: 1 time of arrival, 2 late, 4 retained. */
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

/** What could not be stored, on its way to the dead_letter table. */
export interface Letter {
  message: Message
  reason: ReasonCode
  field: string | null
  value: string
  detail: string
  remedy: string
  school: string | null
}

/** What travels through the stages: the messages in order of arrival, their records, and what was refused so far. */
export interface Batch<R> {
  messages: readonly Message[]
  records: readonly R[]
  /** Records that say what another record of this batch says already. */
  duplicates: readonly R[]
  letters: readonly Letter[]
}

/** What became of a batch, after its transaction has committed. */
export interface Settled {
  messages: readonly Message[]
  stored: readonly Row[]
  duplicates: readonly Row[]
  letters: readonly Letter[]
}

/** Name of the field of a reading in the body its sender wrote. */
export function fieldOfReading(reading: ReadingDraft): string {
  return reading.arrival ? reading.metric : `${reading.path}values.${reading.metric}`
}

const SHOWN_VALUE = 100
/** A body may name a thousand wrong fields; a person reads the first few. */
const SHOWN_DETAIL = 500

export function letter(
  message: Message,
  reason: ReasonCode,
  about: { field: string | null; value: unknown; detail: string; school: string | null },
): Letter {
  return {
    message,
    reason,
    field: about.field === null ? null : shorten(about.field, SHOWN_DETAIL),
    value: shorten(textOf(about.value), SHOWN_VALUE),
    detail: shorten(about.detail, SHOWN_DETAIL),
    remedy: remedyOf(reason),
    school: about.school,
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return '(nested too deep to be shown)'
  }
}

function shorten(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text
}
