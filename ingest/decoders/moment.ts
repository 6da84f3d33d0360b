const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:?\d\d)?$/

/**
 * A moment as vendors write it, in milliseconds since 1970: ISO 8601, finer than milliseconds or not.
 * @param zone of a local time without one, such as +07:00; undefined: such a time is none.
 * @returns undefined when it is no moment, or of a day that does not exist.
 */
export function isoMoment(value: unknown, zone?: string): number | undefined {
  const [, day, time, fraction = '', ownZone] = (typeof value === 'string' && ISO.exec(value)) || []
  const place = ownZone ?? zone
  if (day === undefined || place === undefined) return undefined
  // Date.parse takes the 30th of February for the 2nd of March.
  const midnight = Date.parse(`${day}T00:00:00Z`)
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(day)) return undefined
  // Cut, not rounded: the last nanosecond of a second still belongs to it.
  const at = Date.parse(`${day}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}${place}`)
  return Number.isNaN(at) ? undefined : at
}
