import { SchoolStatusBody } from '../../shared/contract/school.ts'
import { type Decoder, faultOf } from './decoder.ts'

/** Whether a school is open, and since when. */
export const decodeStatus: Decoder = (body, { school }, message) => {
  const parsed = SchoolStatusBody.safeParse(body)
  if (!parsed.success) return { drafts: [], faults: [faultOf(parsed.error, body, '')] }
  return { drafts: [{ kind: 'status', message, school, path: '', status: parsed.data }], faults: [] }
}
