import { z } from 'zod'
import {
  AreaCode,
  Day,
  DeviceTime,
  Moment,
  SchoolCode,
  SchoolLevel,
  SchoolSessionName,
  Terrain,
} from './primitives.ts'

/** Retained statement of a school whether it is open. */
export const SchoolStatusBody = z.strictObject({
  open: z.boolean(),
  reason: z.string().max(200),
  since: DeviceTime,
})
export type SchoolStatusBody = z.infer<typeof SchoolStatusBody>

export const SchoolSummary = z.object({
  code: SchoolCode,
  name: z.string(),
  level: SchoolLevel,
  terrain: Terrain.nullable(),
  enrolment: z.number().int(),
  lat: z.number().nullable(),
  lon: z.number().nullable(),
  commune: AreaCode.nullable(),
  formerDistrict: AreaCode.nullable(),
  open: z.boolean().nullable().describe('null: the school has not said'),
  simulated: z.boolean(),
})
export type SchoolSummary = z.infer<typeof SchoolSummary>

export const SchoolDetail = SchoolSummary.extend({
  ownership: z.enum(['public', 'private']),
  validFrom: Day,
  validTo: Day.nullable(),
  mergedInto: SchoolCode.nullable(),
  status: z.object({ open: z.boolean(), reason: z.string(), since: Moment }).nullable(),
  sites: z.array(z.object({ code: z.string(), name: z.string(), main: z.boolean() })),
  sessions: z.array(
    z.object({
      session: SchoolSessionName,
      weekdays: z.array(z.number().int().min(1).max(7)),
      starts: z.string(),
      ends: z.string(),
      classes: z.number().int(),
    }),
  ),
  devices: z.array(
    z.object({
      code: z.string(),
      kind: z.string(),
      room: z.string().nullable(),
      intervalSeconds: z.number().int(),
      online: z.boolean().nullable(),
      lastSeen: Moment.nullable(),
    }),
  ),
})
export type SchoolDetail = z.infer<typeof SchoolDetail>
