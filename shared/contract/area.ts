import { z } from 'zod'
import { AreaCode, Day, Terrain } from './primitives.ts'

/** administrative: the law of the day. former-district: communes under the districts of 2022, for comparison. */
export const AreaTree = z.enum(['administrative', 'former-district'])
export type AreaTree = z.infer<typeof AreaTree>

export const AreaKind = z.enum(['province', 'district', 'commune'])
export type AreaKind = z.infer<typeof AreaKind>

export const Area = z.object({
  code: AreaCode,
  kind: AreaKind,
  nameVi: z.string(),
  fullNameVi: z.string(),
  nameEn: z.string(),
  parent: AreaCode.nullable().describe('in the tree and on the day asked for'),
  terrain: Terrain.nullable(),
  lat: z.number().nullable(),
  lon: z.number().nullable(),
  tile: z.object({ row: z.number().int(), col: z.number().int() }).nullable(),
  validFrom: Day,
  validTo: Day.nullable(),
  schools: z.number().int(),
})
export type Area = z.infer<typeof Area>
