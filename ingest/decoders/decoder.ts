import type { z } from 'zod'
import type { Message } from '../message.ts'
import type { ReasonCode } from '../reasons.ts'
import type { Draft } from '../records.ts'

/** What is wrong with one record of a body. */
export interface Fault {
  reason: ReasonCode
  field: string | null
  value: unknown
  detail: string
}

export interface Decoded {
  drafts: Draft[]
  faults: Fault[]
}

export interface Address {
  school: string
  device: string | undefined
}

/** Turns one well-formed JSON body into records. Never throws: what it cannot read it names as a fault. */
export type Decoder = (body: unknown, address: Address, message: Message) => Decoded

/** A body is one record or an array of them. */
export const MOST_RECORDS_OF_ARRAY = 1_000

/** The elements of a body with their place in it; a fault when the array is empty or too long. */
export function elementsOf(body: unknown): { path: string; element: unknown }[] | Fault {
  if (!Array.isArray(body)) return [{ path: '', element: body }]
  if (body.length === 0) return { reason: 'bad-body', field: null, value: '[]', detail: 'the array is empty' }
  if (body.length > MOST_RECORDS_OF_ARRAY) {
    const detail = `${body.length} elements; at most ${MOST_RECORDS_OF_ARRAY}`
    return { reason: 'too-large', field: null, value: body.length, detail }
  }
  return body.map((element: unknown, at) => ({ path: `[${at}].`, element }))
}

/** One fault for a record that its schema refuses: the first wrong field, and all of them in the detail. */
export function faultOf(error: z.ZodError, element: unknown, path: string): Fault {
  const first = error.issues[0]!
  const place = (issue: z.core.$ZodIssue) => {
    const keys = issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys] : issue.path
    return keys.join('.')
  }
  const field = `${path}${place(first)}`.replace(/\.$/, '')
  return {
    reason: 'bad-body',
    field: field === '' ? null : field,
    // A field that does not belong here may name a pupil: its value is not repeated in the dead letter.
    value: first.code === 'unrecognized_keys' ? undefined : valueAt(element, first.path),
    detail: error.issues.map((issue) => `${place(issue) || 'body'}: ${issue.message}`).join('; '),
  }
}

function valueAt(element: unknown, path: readonly PropertyKey[]): unknown {
  let value = element
  for (const key of path) value = (value as Record<PropertyKey, unknown> | null | undefined)?.[key]
  return value ?? null
}
