import { z } from 'zod'
import { RollBody } from '../../../shared/contract/attendance.ts'
import { rollFromStatuses, statusOfCode } from '../../../shared/domain/attendance-code.ts'
import { elementsOf, type Fault, faultOf } from '../../decoders/decoder.ts'
import { quietJson } from './quiet-json.ts'

/** A class at most; a list of a whole school is a list of several. */
const MOST_CODES = 200

const Code = z
  .string()
  .max(100)
  .nullable()
  .transform((code, context) => {
    const status = statusOfCode(code)
    if (status) return status
    context.addIssue({ code: 'custom', message: 'C, M, P, K, null or a category of Ed-Fi' })
    return z.NEVER
  })

/** The roll of a class as one code a pupil, in whatever order, and without anything that names one. */
const RollCodes = RollBody.omit({
  enrolled: true,
  present: true,
  late: true,
  excused: true,
  unexcused: true,
}).extend({ codes: z.array(Code).min(1).max(MOST_CODES) })

/**
 * Counts codes into bodies of the protocol's attendance topic. A place in a list may name a pupil to who has the list:
 * codes go no further. All must be right, or none is taken.
 */
export function countCodes(payload: Buffer): { rolls: RollBody[] } | { faults: Fault[] } {
  const body = quietJson(payload)
  if (body === undefined) {
    return { faults: [{ reason: 'not-json', field: null, value: '', detail: 'the body is not a JSON text' }] }
  }
  const elements = elementsOf(body)
  if (!Array.isArray(elements)) return { faults: [elements] }
  const rolls: RollBody[] = []
  const faults: Fault[] = []
  for (const { path, element } of elements) {
    const parsed = RollCodes.safeParse(element)
    if (!parsed.success) faults.push({ ...faultOf(parsed.error, element, path), value: '' })
    else if (parsed.data.codes.every((status) => status === 'unchecked')) {
      const detail = 'nobody of the list has been checked yet: send it when the roll is taken'
      faults.push({ reason: 'bad-body', field: `${path}codes`, value: '', detail })
    } else {
      const { codes, ...roll } = parsed.data
      rolls.push({ ...roll, ...rollFromStatuses(codes) })
    }
  }
  return faults.length > 0 ? { faults } : { rolls }
}
