import { DeviceTime } from '../../shared/contract/primitives.ts'
import { QUALITY } from '../stages/enrich.ts'
import { type Measured, plainValue } from './ngsi-attribute.ts'

/** When something was measured, and where the message says so. */
export interface Time {
  at: number
  /** It is the time at which somebody took it over, not of the measurement. */
  arrival: boolean
  marks: number
  /** Where it stands, seen from the entity; undefined: nowhere. */
  field: string | undefined
}
/** A time that is there and cannot be read: the time of arrival must not take its place. */
export interface UnreadTime {
  text: unknown
  field: string
}

/** The time of all attributes together: TimeInstant of IoT agents, dateObserved of Smart Data Models (or a span). */
export function timeOfEntity(attributes: Record<string, unknown>): Time | UnreadTime | undefined {
  for (const field of ['TimeInstant', 'dateObserved']) {
    const time = Object.hasOwn(attributes, field) ? plainValue(attributes[field]) : undefined
    if (time === undefined || time === null) continue
    return readTime(typeof time === 'string' ? time.split('/').at(-1) : time, field)
  }
  return undefined
}

/**
 * The time of one attribute: its own, else that of its entity, else the moment the context broker took it over, else
 * the one at which the message was sent or came.
 */
export function timeOf(
  key: string,
  { observed, changed }: Measured,
  ofEntity: Time | UnreadTime | undefined,
  sent: { at: number; repeats: boolean },
): Time | UnreadTime {
  if (observed) return readTime(observed.at, `${key}.${observed.field}`)
  if (ofEntity) return ofEntity
  const taken = DeviceTime.safeParse(changed)
  if (taken.success) return { at: taken.data, arrival: true, marks: 0, field: `${key}.modifiedAt` }
  return { at: sent.at, arrival: true, marks: sent.repeats ? QUALITY.repeated : 0, field: undefined }
}

function readTime(text: unknown, field: string): Time | UnreadTime {
  const time = DeviceTime.safeParse(text)
  return time.success ? { at: time.data, arrival: false, marks: 0, field } : { text: text ?? null, field }
}
