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
    // Whatever stands in a passage at a gate may name a pupil: no value of it is repeated in the dead letter.
    else decoded.faults.push({ ...faultOf(parsed.error, element, path), value: undefined })
  }
  return decoded
}
