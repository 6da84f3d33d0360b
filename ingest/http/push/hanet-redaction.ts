import { createHash, timingSafeEqual } from 'node:crypto'
import { isObject } from '../../decoders/body.ts'
import type { HanetEvent } from '../../decoders/hanet.ts'
import { eventId } from './event-id.ts'
import { quietJson } from './quiet-json.ts'

/** What comes of a webhook. unreadable: it is none. forged: its hash is not made with our secret. */
export type Redacted = HanetEvent | 'unreadable' | 'forged'

const CODE = /^[A-Za-z0-9_-]{1,64}$/
const LOCAL_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/

/**
 * Takes a webhook of HANET apart and keeps only what says nothing about a person. What has not the form that belongs
 * in its field is left out too, whatever it is: nobody knows what it names. HANET's own id of the event leads to the
 * person in HANET's books, so that it is replaced by one that does not.
 * @param secret the client secret of our application at HANET.
 */
export function redactHanet(body: Buffer, secret: string): Redacted {
  const told = quietJson(body)
  const id = isObject(told) ? told['id'] : undefined
  if (!isObject(told) || typeof id !== 'string' || id === '') return 'unreadable'
  if (!isSigned(id, told['hash'], secret)) return 'forged'
  const { data_type: kind, deviceID, date } = told
  return {
    id: eventId(secret, id),
    kind: kind === 'log' ? 'log' : typeof kind === 'string' ? 'other' : null,
    deviceID: typeof deviceID === 'string' && CODE.test(deviceID) ? deviceID : null,
    personType: numberOf(told['personType']),
    time: numberOf(told['time']),
    date: typeof date === 'string' && LOCAL_TIME.test(date) ? date : null,
  }
}

/** HANET, Webhook Push Data: hash is the MD5 of client_secret and id. It proves the id, and nothing else of the body. */
function isSigned(id: string, hash: unknown, secret: string): boolean {
  const expected = createHash('md5').update(`${secret}${id}`).digest()
  const given =
    typeof hash === 'string' && /^[0-9a-f]{32}$/i.test(hash) ? Buffer.from(hash, 'hex') : undefined
  return given !== undefined && timingSafeEqual(given, expected)
}

/** HANET writes numbers as numbers or as texts. */
function numberOf(told: unknown): number | null {
  const number = typeof told === 'string' && /^\d{1,15}$/.test(told) ? Number(told) : told
  return Number.isSafeInteger(number) ? (number as number) : null
}
