import { DeviceTime } from '../../shared/contract/primitives.ts'

const LOCAL = /^(\d{4})-(\d{1,2})-(\d{1,2})[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,3})\d*)?)?$/
/** Day first, as in Vietnam. */
const DAY_FIRST = /^(\d{1,2})\/(\d{1,2})\/(\d{4})[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,3})\d*)?)?$/

/**
 * Reads a logger's time: milliseconds since 1970, ISO 8601 with a zone, or local time (2015-02-02 14:19:00 or
 * 02/02/2015 14:19), which then has the zone given. Undefined when it is none of these or no real time.
 */
export function parseLoggerTime(text: string, zoneMs: number): number | undefined {
  const trimmed = text.trim()
  const wire = DeviceTime.safeParse(/^\d+$/.test(trimmed) ? Number(trimmed) : trimmed)
  if (wire.success) return wire.data
  const local = LOCAL.exec(trimmed)
  const dayFirst = DAY_FIRST.exec(trimmed)
  if (!local && !dayFirst) return undefined
  const [year, month, day] = local ? local.slice(1, 4) : [dayFirst![3], dayFirst![2], dayFirst![1]]
  const [hour, minute, second, fraction] = (local ?? dayFirst)!.slice(4)
  const date = [Number(year), Number(month) - 1, Number(day)] as const
  const time = [
    Number(hour),
    Number(minute),
    Number(second ?? 0),
    Number((fraction ?? '0').padEnd(3, '0')),
  ] as const
  const utc = Date.UTC(...date, ...time)
  // Date.UTC carries 31/02 or 25:00 over into other days; a logger that writes such a thing is not to be believed.
  const shown = new Date(utc)
  const real =
    shown.getUTCMonth() === date[1] && shown.getUTCDate() === date[2] && shown.getUTCHours() === time[0]
  return real && time[1] < 60 && time[2] < 60 ? utc - zoneMs : undefined
}

/** Offset of a zone written +07:00, in milliseconds; undefined when it is not written so. */
export function parseZone(text: string): number | undefined {
  const parts = /^([+-])(\d{2}):(\d{2})$/.exec(text)
  if (!parts || Number(parts[2]) > 14 || Number(parts[3]) > 59) return undefined
  return (parts[1] === '-' ? -1 : 1) * (Number(parts[2]) * 60 + Number(parts[3])) * 60_000
}
