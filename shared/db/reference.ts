import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { IndicatorDefinition } from '../contract/indicator.ts'
import { AreaCode, Day, Terrain } from '../contract/primitives.ts'

/** The province as data (shared/data), parsed once when asked for. Sources stand in the files. */
const load = <S extends z.ZodType>(name: string, schema: S): z.infer<S> =>
  schema.parse(JSON.parse(readFileSync(new URL(`../data/${name}`, import.meta.url), 'utf8')))

const DistrictData = z.object({
  code: AreaCode,
  nameVi: z.string(),
  fullNameVi: z.string(),
  nameEn: z.string(),
  terrain: Terrain,
  lat: z.number(),
  lon: z.number(),
  tile: z.object({ row: z.number(), col: z.number() }),
  validTo: Day,
  mergedInto: AreaCode.optional(),
})
const CommuneData = z.object({
  code: AreaCode,
  nameVi: z.string(),
  fullNameVi: z.string(),
  nameEn: z.string(),
  lat: z.number(),
  lon: z.number(),
  formerDistricts2025: z.array(AreaCode).min(1),
  formerUnits2022: z.array(AreaCode).min(1),
  validFrom: Day,
})
const AreasData = z.object({
  province: z.object({ code: AreaCode, nameVi: z.string(), fullNameVi: z.string(), nameEn: z.string() }),
  districts: z.array(DistrictData),
  communes: z.array(CommuneData),
})
export type AreasData = z.infer<typeof AreasData>
export const areasData = () => load('areas.json', AreasData)

const MetricData = z.object({
  id: z.number().int(),
  code: z.string(),
  nameVi: z.string(),
  nameEn: z.string(),
  unit: z.string(),
  minimum: z.number(),
  maximum: z.number(),
})
export type MetricData = z.infer<typeof MetricData>
export const metricsData = () => load('metrics.json', z.object({ metrics: z.array(MetricData) })).metrics

/** A catalogue entry: what the outside sees, and how the engine gets it. */
export const IndicatorEntry = IndicatorDefinition.extend({
  inclusive: z.boolean(),
  family: z.enum(['rolls', 'status', 'readings']),
})
export type IndicatorEntry = z.infer<typeof IndicatorEntry>
export const indicatorsData = () =>
  load('indicators.json', z.object({ indicators: z.array(IndicatorEntry) })).indicators

const CalendarData = z.object({
  kind: z.enum(['term', 'holiday', 'closure', 'make_up']),
  firstDay: Day,
  lastDay: Day,
  nameVi: z.string(),
  nameEn: z.string(),
  source: z.string(),
})
export const calendarData = () => load('calendar.json', z.object({ entries: z.array(CalendarData) })).entries

const RiverStationData = z.object({
  code: z.string(),
  nameVi: z.string(),
  river: z.string(),
  alarm1: z.number(),
  alarm2: z.number(),
  alarm3: z.number(),
})
export const riverStationsData = () => {
  const file = load(
    'river-stations.json',
    z.object({ source: z.string(), stations: z.array(RiverStationData) }),
  )
  return file.stations.map((station) => ({ ...station, source: file.source }))
}
