import { CheckinBody } from '../../shared/contract/attendance.ts'
import { type Decoded, type Decoder, elementsOf, faultOf } from './decoder.ts'

/** Passages at a gate, one or an array, without any identity. */
export const decodeCheckin: Decoder = (body, { school }, message) => {
  const elements = elementsOf(body)
  if (!Array.isArray(elements)) return { drafts: [], faults: [elements] }
  const decoded: Decoded = { drafts: [], faults: [] }
  for (const { path, element } of elements) {
    const parsed = CheckinBody.safeParse(element)
    if (parsed.success) decoded.drafts.push({ kind: 'checkin', message, school, path, checkin: parsed.data })
    else decoded.faults.push(withoutIdentity(faultOf(parsed.error, element, path)))
  }
  return decoded
}

/** A field that does not belong here may name a pupil: its value is not repeated in the dead letter's text. */
function withoutIdentity(fault: Decoded['faults'][number]): Decoded['faults'][number] {
  return fault.detail.includes('Unrecognized') ? { ...fault, value: null } : fault
}
