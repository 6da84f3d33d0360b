import { z } from 'zod'
import { Moment } from './primitives.ts'

/**
 * Why a record is refused. What each means, and what its sender can do, stands in ingest/reasons.ts and in section 6
 * of docs/protocol.md. The codes are labels of metrics and values of dead_letter.reason: they never change meaning.
 */
export const Reason = z.enum([
  'unknown-topic',
  'not-utf8',
  'not-json',
  'bad-body',
  'too-large',
  'unknown-school',
  'unknown-device',
  'unregistered-device',
  'unnamed-device',
  'no-birth',
  'bad-quality',
  'unknown-metric',
  'ambiguous',
  'out-of-range',
  'future',
  'too-old',
  'school-not-valid',
  'device-not-valid',
  'revision-conflict',
  'status-conflict',
  'poison',
])
export type Reason = z.infer<typeof Reason>

/** Reasons that pass when a device is registered or announces itself: such messages wait, and are carried again. */
export const WaitingReason = z.enum(['unregistered-device', 'no-birth'])
export type WaitingReason = z.infer<typeof WaitingReason>

/** School as its sender wrote it: it may be one that nobody knows. */
export const WrittenSchool = z.string().min(1).max(200)

export const DeadMessageId = z
  .string()
  .regex(/^[1-9][0-9]{0,14}$/, 'the number of a dead message, such as 17')
export type DeadMessageId = z.infer<typeof DeadMessageId>

/** One refused record. */
export const DeadLetter = z.object({
  reason: z.string(),
  field: z.string().nullable().describe('where in the body, such as [3].values.co2; null: the whole message'),
  value: z.string().nullable().describe('the value at fault; null where it might name a person'),
  detail: z.string(),
  remedy: z.string(),
  school: z.string().nullable(),
  format: z.string().nullable(),
  device: z.string().nullable().describe('the name that waits for its registration or birth'),
})
export type DeadLetter = z.infer<typeof DeadLetter>

/** A message with refused records. Its id stays the same however often it is carried again. */
export const DeadMessage = z.object({
  id: DeadMessageId,
  receivedAt: Moment,
  source: z.enum(['mqtt', 'http']),
  topic: z.string(),
  qos: z.number().int(),
  retained: z.boolean(),
  username: z.string().nullable().describe('of the connection that published it'),
  attempts: z.number().int().describe('how often it was carried again and came back'),
  bytes: z.number().int().describe('of the payload as it came'),
  whole: z.boolean().describe('false: it was larger than what is kept, and cannot be carried again'),
  letterCount: z.number().int(),
  letters: z.array(DeadLetter).describe('the first of its refused records'),
})
export type DeadMessage = z.infer<typeof DeadMessage>

export const DeadMessageDetail = DeadMessage.extend({
  payload: z.object({
    base64: z.string(),
    text: z.string().nullable().describe('null: the bytes are not UTF-8'),
  }),
})
export type DeadMessageDetail = z.infer<typeof DeadMessageDetail>

export const DeadLetterCount = z.object({
  school: z.string().nullable().describe('null: the topic names none'),
  reason: z.string(),
  letters: z.number().int(),
  messages: z.number().int(),
  newest: Moment,
})
export type DeadLetterCount = z.infer<typeof DeadLetterCount>

export const WaitingDevice = z.object({
  reason: WaitingReason.describe('unregistered-device: register it; no-birth: it has to announce itself'),
  format: z.string(),
  name: z.string().describe('in the words of its format; native: school/device'),
  firstSeen: Moment,
  lastSeen: Moment,
  messages: z.number().int(),
  lastTopic: z.string(),
  lastMessage: DeadMessageId.describe('its newest message, at /api/v1/dead-letters/{id}'),
})
export type WaitingDevice = z.infer<typeof WaitingDevice>
