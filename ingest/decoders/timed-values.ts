import { DeviceTime } from '../../shared/contract/primitives.ts'
import type { VendorName } from '../vendor.ts'
import { isObject } from './body.ts'
import { fieldsOf } from './fields.ts'
import type { Findings } from './findings.ts'

/**
 * One element of a ThingsBoard body: `{"ts", "values"}`, or bare values that take the time of arrival.
 * @param path where in the body it stands: `` or `[3].`.
 */
export function readTimedValues(
  element: unknown,
  vendor: VendorName,
  path: string,
  receivedAt: number,
  findings: Findings,
): void {
  const place = path.replace(/\.$/, '') || null
  if (!isObject(element)) {
    findings.refuseBody(place, element, 'an object of values by name, or {"ts", "values"}')
    return
  }
  if (!('ts' in element) && !('values' in element)) {
    findings.add({ vendor, at: receivedAt, arrival: true, path }, fieldsOf(element, path))
    return
  }
  const { ts, values } = element
  if (!isObject(values)) {
    findings.refuseBody(`${path}values`, values ?? null, 'values are an object of numbers by name')
    return
  }
  const time = ts === undefined ? undefined : DeviceTime.safeParse(ts)
  if (time?.success === false) {
    findings.refuseBody(`${path}ts`, ts, 'milliseconds since 1970, or ISO 8601 with a zone')
    return
  }
  const at = time?.data ?? receivedAt
  findings.add({ vendor, at, arrival: time === undefined, path }, fieldsOf(values, `${path}values.`))
}
