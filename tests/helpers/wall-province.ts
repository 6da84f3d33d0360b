import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { Area } from '../../shared/contract/area.ts'
import type { IocEvent } from '../../shared/contract/event.ts'
import {
  IndicatorDefinition,
  type IndicatorPoint,
  type IndicatorValue,
  type Period,
} from '../../shared/contract/indicator.ts'
import { statusOf } from '../../shared/domain/ratio.ts'
import { momentOf, SLOT_MS } from '../../shared/domain/time.ts'

/** A province made by hand for tests of the wall: real areas and indicators, figures that are easy to foresee. */

/** The day and time the wall is shown at in the tests: a Monday in term, in the middle of the morning. */
export const DAY = '2026-11-23'
export const SHOWN_AT = momentOf(DAY, '09:42')

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../shared/data/${name}`, import.meta.url), 'utf8'))

const Catalogue = z.object({ indicators: z.array(IndicatorDefinition.extend({ inclusive: z.boolean() })) })
export const definitions = Catalogue.parse(read('indicators.json')).indicators

const Districts = z.object({
  districts: z.array(
    Area.pick({ code: true, nameVi: true, fullNameVi: true, nameEn: true, tile: true, validTo: true }),
  ),
})
const districts = Districts.parse(read('areas.json')).districts

const common = { terrain: null, lat: null, lon: null, validFrom: '1976-01-01' }
export const areas: Area[] = [
  {
    ...common,
    code: '40',
    kind: 'province',
    nameVi: 'Nghệ An',
    fullNameVi: 'Tỉnh Nghệ An',
    nameEn: 'Nghe An',
    parent: null,
    tile: null,
    validTo: null,
    schools: 1517,
  },
  ...districts.map(
    (district): Area => ({ ...common, ...district, kind: 'district', parent: '40', schools: 72 }),
  ),
]

/** Figures of the province in the morning; a district's differ from them a little, by its place in the list. */
const MORNING: Record<string, { value: number; previous: number | null }> = {
  'attendance-rate': { value: 97.86, previous: 97.46 },
  'roll-completeness': { value: 98.41, previous: 98.12 },
  'schools-open': { value: 99.2, previous: 99.2 },
  'late-rate': { value: 1.34, previous: 1.52 },
  'absence-unexcused-rate': { value: 0.52, previous: 0.61 },
  'absence-excused-rate': { value: 1.62, previous: 1.93 },
  'co2-good-share': { value: 88.3, previous: 91.6 },
  'co2-rooms-over': { value: 12, previous: 3 },
  'heat-room-share': { value: 0, previous: 0 },
  'power-availability': { value: 99.96, previous: 99.91 },
  'internet-availability': { value: 97.2, previous: 98.8 },
  'device-online-rate': { value: 96.37, previous: 96.9 },
  'flood-alarm-level': { value: 1, previous: 0 },
  'yard-water-depth': { value: 14.2, previous: 2 },
  'pupils-affected-by-closure': { value: 3120, previous: 0 },
}

/** How far the figures of a district lie from the province's, in points of the indicator. */
const LEAN = [
  0.4, -0.9, 1.1, -1.6, 0.2, 1.4, -0.3, 0.8, -3.4, 0.6, 1.2, -0.6, 0.1, 0.9, -1.1, 1.6, -0.2, 0.5, -2.1, 1,
  -0.5,
]

export interface Given {
  value?: number | null
  previous?: number | null
  numerator?: number | null
  denominator?: number | null
  reporting?: number
  expected?: number
  at?: number
}

/** A value as the server would give it. */
export function indicatorValue(id: string, period: Period, given: Given): IndicatorValue {
  const definition = definitions.find((one) => one.id === id)
  if (definition === undefined) throw new Error(`no indicator ${id}`)
  const value = given.value ?? null
  const expected = given.expected ?? 1517
  const coverage = { reporting: given.reporting ?? (value === null ? 0 : expected), expected }
  const at = new Date(given.at ?? SHOWN_AT).toISOString()
  return {
    indicator: id,
    period,
    value,
    numerator: given.numerator ?? value,
    denominator: given.denominator ?? (value === null ? 0 : 100),
    status: statusOf(value, definition, coverage, false),
    coverage,
    previous: given.previous ?? null,
    dataAt: value === null ? null : at,
    computedAt: at,
  }
}

const ENROLLED = 421_640

/** All values of an area at half past nine of a school day; the afternoon has not begun. */
export function morningValues(code: string, at: number): IndicatorValue[] {
  const place = districts.findIndex((district) => district.code === code)
  const expected = place < 0 ? 1517 : 72
  return definitions.flatMap((definition) => {
    const { id, unit } = definition
    const { value: base, previous } = MORNING[id]!
    const lean = place < 0 ? 0 : LEAN[place]! * (definition.better === 'higher' ? 1 : -0.4)
    const value =
      unit === '%'
        ? Math.min(100, Math.max(0, base + lean))
        : place < 0
          ? base
          : Math.max(0, Math.round(base / 7 + lean))
    const enrolled = Math.round(ENROLLED * (expected / 1517))
    const counts =
      definition.counts === 'pupils'
        ? { numerator: Math.round((enrolled * value) / 100), denominator: enrolled }
        : {}
    return definition.periods.map((period) =>
      period === 'afternoon'
        ? indicatorValue(id, period, { expected, at })
        : indicatorValue(id, period, {
            value,
            previous,
            ...counts,
            expected,
            reporting: Math.round(expected * 0.976),
            at,
          }),
    )
  })
}

/** Nothing has been counted yet: before the first roll of the day. */
export function emptyValues(code: string, at: number): IndicatorValue[] {
  const expected = code === '40' ? 1517 : 72
  return definitions.flatMap((definition) =>
    definition.periods.map((period) => indicatorValue(definition.id, period, { expected, at })),
  )
}

/** The morning's course of an indicator, settling at its figure. */
export function courseOf(id: string, until: number): IndicatorPoint[] {
  const { value } = MORNING[id] ?? { value: 0 }
  const points: IndicatorPoint[] = []
  const start = momentOf(DAY, '07:00')
  for (let at = start, index = 0; at <= until; at += SLOT_MS, index++) {
    const wave = Math.sin(index * 1.7 + id.length) * 0.35 + Math.sin(index * 0.31 + id.length) * 0.6
    const rise = -6 * Math.exp(-index / 4)
    points.push({
      at: new Date(at).toISOString(),
      value: Math.min(100, Math.max(0, value + wave + rise)),
      status: 'ok',
      coverage: { reporting: 1480, expected: 1517 },
    })
  }
  return points
}

export function eventOf(id: string, minutesAgo: number, given: Partial<IocEvent>): IocEvent {
  return {
    id,
    at: new Date(SHOWN_AT - minutesAgo * 60_000).toISOString(),
    kind: 'indicator-status',
    severity: 'warning',
    area: '40',
    areaName: 'Nghệ An',
    school: null,
    schoolName: null,
    params: {},
    simulated: true,
    ...given,
  }
}

export const events: IocEvent[] = [
  eventOf('7', 2, {
    areaName: 'Quỳ Châu',
    area: '416',
    severity: 'warning',
    params: { indicator: 'attendance-rate', from: 'ok', to: 'warning', value: 96.2 },
  }),
  eventOf('6', 9, {
    areaName: 'Kỳ Sơn',
    area: '417',
    kind: 'power-lost',
    severity: 'caution',
    params: { schools: 37, total: 64 },
  }),
  eventOf('5', 24, {
    areaName: 'Nam Đàn',
    area: '430',
    kind: 'flood-level',
    severity: 'warning',
    params: { from: 0, to: 1 },
  }),
  eventOf('4', 41, {
    areaName: 'Con Cuông',
    area: '422',
    kind: 'school-closed',
    severity: 'info',
    school: 'TH-0412',
    schoolName: 'Trường Tiểu học Môn Sơn 2',
    params: { reason: 'sạt lở đường vào trường' },
  }),
  eventOf('3', 66, {
    areaName: 'Vinh',
    area: '412',
    severity: 'critical',
    params: { indicator: 'internet-availability', from: 'warning', to: 'critical', value: 88.1 },
  }),
  eventOf('2', 80, { areaName: 'Kỳ Sơn', area: '417', kind: 'link-back', severity: 'info' }),
  eventOf('1', 95, {
    areaName: 'Kỳ Sơn',
    area: '417',
    kind: 'link-lost',
    severity: 'caution',
    params: { schools: 12, total: 64 },
  }),
]
