import { z } from 'zod'

/** Public code of a school, as used in topics and addresses. */
export const SchoolCode = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/, 'letters, digits, - and _, at most 32')
/** Public code of a device, unique within its school. */
export const DeviceCode = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'letters, digits, - and _, at most 64')
/** GSO code of an area: 40 the province, three digits a former district, five digits a commune. */
export const AreaCode = z.string().regex(/^[0-9]{2,5}$/, 'the GSO code of an area: 2, 3 or 5 digits')
/** A calendar day of the province (Asia/Ho_Chi_Minh). */
export const Day = z.iso.date()
/** A moment on the wire: ISO 8601 with a zone. */
export const Moment = z.iso.datetime({ offset: true })

export const SchoolSessionName = z.enum(['morning', 'afternoon'])
export type SchoolSessionName = z.infer<typeof SchoolSessionName>

export const Terrain = z.enum(['coastal', 'plain', 'midland', 'mountain', 'high-mountain'])
export type Terrain = z.infer<typeof Terrain>

export const SchoolLevel = z.enum([
  'preschool',
  'primary',
  'lower_secondary',
  'upper_secondary',
  'continuing',
])
export type SchoolLevel = z.infer<typeof SchoolLevel>

export const Severity = z.enum(['critical', 'warning', 'caution', 'info'])
export type Severity = z.infer<typeof Severity>

/**
 * Device time: milliseconds since 1970 (UTC), or ISO 8601 with a zone. A local time without a zone is refused,
 * because nobody can tell later which one was meant. Parses to milliseconds.
 */
export const DeviceTime = z.union([
  z.number().int().min(946_684_800_000, 'milliseconds since 1970, not seconds').max(4_102_444_800_000),
  Moment.transform((text) => Date.parse(text)),
])
