import { RollBody } from '../../shared/contract/attendance.ts'
import { type Decoded, type Decoder, elementsOf, faultOf } from './decoder.ts'

/** Rolls of classes, one or an array. Each is read by itself: a wrong one leaves the others alone. */
export const decodeAttendance: Decoder = (body, { school }, message) => {
  const elements = elementsOf(body)
  if (!Array.isArray(elements)) return { drafts: [], faults: [elements] }
  const decoded: Decoded = { drafts: [], faults: [] }
  for (const { path, element } of elements) {
    const parsed = RollBody.safeParse(element)
    if (parsed.success) decoded.drafts.push({ kind: 'roll', message, school, path, roll: parsed.data })
    else decoded.faults.push(faultOf(parsed.error, element, path))
  }
  return decoded
}
