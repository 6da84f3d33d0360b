const LOCAL = /^(\d{4}-\d\d-\d\d)[ T]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)$/

/**
 * The moment of a local time without a zone (`2026-09-07 06:58:11`), in milliseconds since 1970; undefined when the
 * text is no such time, or names a day that does not exist.
 * @param zone such as +07:00
 */
export function localTime(text: string, zone: string): number | undefined {
  const [, day, hours, minutes, seconds] = LOCAL.exec(text) ?? []
  if (day === undefined) return undefined
  // A day such as 2026-02-30 is read as one of the next month.
  const start = Date.parse(`${day}T00:00:00Z`)
  if (Number.isNaN(start) || new Date(start).toISOString().slice(0, 10) !== day) return undefined
  return Date.parse(`${day}T${hours}:${minutes}:${seconds}${zone}`)
}
