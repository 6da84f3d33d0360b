import { z } from 'zod'
import { DeviceTime } from '../../shared/contract/primitives.ts'
import { readJson } from './body.ts'
import type { Format, Reading } from './format.ts'
import { isoMoment } from './moment.ts'

/**
 * What stays of a HANET webhook when the HTTP edge has taken everything about the person out of it
 * (ingest/http/push/hanet-redaction.ts). null: it was not there, or had not the form that belongs there.
 */
export const HanetEvent = z.strictObject({
  /** Of the event, see ingest/http/push/event-id.ts. */
  id: z.string().regex(/^[0-9a-f]{24}$/),
  /** log: somebody passed. other: places, devices and persons were edited. */
  kind: z.enum(['log', 'other']).nullable(),
  deviceID: z.string().nullable(),
  personType: z.number().int().nullable(),
  /** Milliseconds since 1970. */
  time: z.number().nullable(),
  /** Local time without a zone. */
  date: z.string().nullable(),
})
export type HanetEvent = z.infer<typeof HanetEvent>

/** HANET, Webhook Push Data: 0 staff, 1 customer, 2 to 5 strangers, 6 a photo, 28 a fire. */
const PERSON_TYPES = [0, 1, 2, 3, 4, 5, 6, 28]

/** Passages before a HANET camera. Whose passages count is a matter of the topic map (`persons`). */
export const hanet: Format = {
  read(message, { route }) {
    const read = readJson(message)
    const event = 'body' in read ? HanetEvent.safeParse(read.body).data : undefined
    if (!event) return refuse(null, 'a webhook of HANET, as this program hands it on')
    const { id, kind, deviceID, personType, time, date } = event
    if (kind === null) return refuse('data_type', 'data_type is log for a passage')
    if (kind === 'other') return { drafts: [], faults: [] }
    if (personType === null || !PERSON_TYPES.includes(personType)) {
      return refuse('personType', `personType is one of ${PERSON_TYPES.join(', ')}`, personType)
    }
    if (!route.persons.includes(personType)) return { drafts: [], faults: [] }
    if (deviceID === null) return refuse('deviceID', 'deviceID names the camera')
    const at = time === null ? isoMoment(date, route.zone) : DeviceTime.safeParse(time).data
    if (at === undefined) {
      const detail = 'time is milliseconds since 1970, or date yyyy-mm-dd hh:mm:ss'
      return refuse('time', detail, time ?? date)
    }
    const vendor = { format: route.format, name: deviceID }
    const passage = { event: id, at, direction: undefined, timeField: time === null ? 'date' : 'time' }
    return { drafts: [{ kind: 'checkin', message, vendor, path: '', ...passage }], faults: [] }
  },
}

function refuse(field: string | null, detail: string, value: unknown = ''): Reading {
  return { drafts: [], faults: [{ reason: 'bad-body', field, value, detail }] }
}
