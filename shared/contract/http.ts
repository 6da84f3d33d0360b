import { z } from 'zod'
import { Area, AreaTree } from './area.ts'
import {
  DeadLetterCount,
  DeadMessage,
  DeadMessageDetail,
  DeadMessageId,
  Reason,
  WaitingDevice,
  WrittenSchool,
} from './dead-letter.ts'
import { IocEvent } from './event.ts'
import { Finding } from './finding.ts'
import { FormatName } from './format.ts'
import { AreaIndicators, IndicatorDefinition, IndicatorPoint, IndicatorValue, Period } from './indicator.ts'
import { SystemState } from './live.ts'
import { AreaCode, Day, DeviceCode, Moment, SchoolCode, SchoolLevel } from './primitives.ts'
import { LatestReading, MetricCode, ReadingPoint } from './reading.ts'
import { SchoolDetail, SchoolSummary } from './school.ts'

/** Every error leaves in this shape. `problems` names field, value and remedy where the request was at fault. */
export const ErrorReply = z.object({
  code: z.string(),
  message: z.string(),
  problems: z.array(z.object({ field: z.string(), value: z.string(), remedy: z.string() })).optional(),
})
export type ErrorReply = z.infer<typeof ErrorReply>

/** Lengths of a step of a series. */
export const Step = z.enum(['raw', '1m', '5m', '1h', '1d'])
export type Step = z.infer<typeof Step>

const areaQuery = { area: AreaCode.default('40'), tree: AreaTree.default('former-district') }
const span = { from: Moment, to: Moment }
const SchoolParams = z.strictObject({ code: SchoolCode })
const IndicatorParams = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,64}$/, 'small letters, digits and -, at most 64'),
})

const letterFilter = {
  school: WrittenSchool.optional(),
  reason: Reason.optional(),
  format: FormatName.optional(),
  since: Moment.optional(),
  until: Moment.optional(),
}

/** GET routes of the read API, /api/v1. */
export const routes = {
  areas: {
    path: '/api/v1/areas',
    summary: 'Areas of a tree on a day',
    query: z.strictObject({ tree: AreaTree.default('former-district'), on: Day.optional() }),
    reply: z.object({ tree: AreaTree, on: Day, areas: z.array(Area) }),
  },
  schools: {
    path: '/api/v1/schools',
    summary: 'Schools of an area',
    query: z.strictObject({
      ...areaQuery,
      level: SchoolLevel.optional(),
      search: z.string().max(100).optional(),
      limit: z.coerce.number().int().min(1).max(2000).default(100),
      after: SchoolCode.optional(),
    }),
    reply: z.object({
      total: z.number().int(),
      schools: z.array(SchoolSummary),
      next: SchoolCode.nullable(),
    }),
  },
  school: {
    path: '/api/v1/schools/:code',
    summary: 'One school',
    params: SchoolParams,
    query: z.strictObject({}),
    reply: SchoolDetail,
  },
  schoolLatest: {
    path: '/api/v1/schools/:code/latest',
    summary: 'The newest reading of every device and metric of a school',
    params: SchoolParams,
    query: z.strictObject({}),
    reply: z.object({ school: SchoolCode, readings: z.array(LatestReading) }),
  },
  schoolSeries: {
    path: '/api/v1/schools/:code/series',
    summary: 'History of one metric of one device; raw rows or buckets with mean, lowest, highest',
    params: SchoolParams,
    query: z.strictObject({
      device: DeviceCode,
      metric: MetricCode,
      ...span,
      step: Step.default('5m'),
      limit: z.coerce.number().int().min(1).max(10_000).default(5000),
    }),
    reply: z.object({
      school: SchoolCode,
      device: DeviceCode,
      metric: MetricCode,
      unit: z.string(),
      step: Step,
      points: z.array(ReadingPoint),
      truncated: z.boolean(),
    }),
  },
  indicators: {
    path: '/api/v1/indicators',
    summary: 'All indicators of an area, and what they mean',
    query: z.strictObject(areaQuery),
    reply: z.object({
      area: AreaCode,
      tree: AreaTree,
      definitions: z.array(IndicatorDefinition),
      values: z.array(IndicatorValue),
    }),
  },
  indicator: {
    path: '/api/v1/indicators/:id',
    summary: 'One indicator of an area and of its children',
    params: IndicatorParams,
    query: z.strictObject(areaQuery),
    reply: z.object({
      definition: IndicatorDefinition,
      area: AreaCode,
      tree: AreaTree,
      values: z.array(IndicatorValue),
      children: z.array(AreaIndicators),
    }),
  },
  indicatorSeries: {
    path: '/api/v1/indicators/:id/series',
    summary: 'History of one indicator of an area',
    params: IndicatorParams,
    query: z.strictObject({
      area: AreaCode.default('40'),
      period: Period.optional(),
      ...span,
      step: z.enum(['5m', '1h', '1d']).default('5m'),
    }),
    reply: z.object({
      indicator: z.string(),
      area: AreaCode,
      period: Period,
      step: z.enum(['5m', '1h', '1d']),
      points: z.array(IndicatorPoint),
    }),
  },
  events: {
    path: '/api/v1/events',
    summary: 'Latest events of an area',
    query: z.strictObject({ ...areaQuery, limit: z.coerce.number().int().min(1).max(200).default(50) }),
    reply: z.object({ events: z.array(IocEvent) }),
  },
  deadLetters: {
    path: '/api/v1/dead-letters',
    summary: 'Messages that could not be stored whole, newest first, with the first of their refused records',
    query: z.strictObject({
      ...letterFilter,
      limit: z.coerce.number().int().min(1).max(200).default(50),
      before: DeadMessageId.optional().describe('go on before this id: `next` of the page before'),
    }),
    reply: z.object({ messages: z.array(DeadMessage), next: DeadMessageId.nullable() }),
  },
  deadLetterCounts: {
    path: '/api/v1/dead-letters/counts',
    summary: 'Refused records by school and reason, most first',
    query: z.strictObject({
      ...letterFilter,
      limit: z.coerce.number().int().min(1).max(2000).default(500),
    }),
    reply: z.object({
      total: z.number().int().describe('refused records, those beyond the limit too'),
      counts: z.array(DeadLetterCount),
    }),
  },
  deadLetter: {
    path: '/api/v1/dead-letters/:id',
    summary: 'One message that could not be stored whole, with its payload',
    params: z.strictObject({ id: DeadMessageId }),
    query: z.strictObject({}),
    reply: DeadMessageDetail,
  },
  waitingDevices: {
    path: '/api/v1/waiting-devices',
    summary: 'Devices whose messages wait for their registration or birth, those heard last first',
    query: z.strictObject({
      format: FormatName.optional(),
      limit: z.coerce.number().int().min(1).max(2000).default(200),
    }),
    reply: z.object({
      total: z.number().int().describe('devices, those beyond the limit too'),
      devices: z.array(WaitingDevice),
    }),
  },
  status: {
    path: '/api/v1/status',
    summary: 'Parts, versions, rates, lag, and what is simulated',
    query: z.strictObject({}),
    reply: z.object({
      system: SystemState,
      parts: z.array(
        z.object({
          name: z.string(),
          ok: z.boolean(),
          version: z.string(),
          detail: z.string(),
          findings: z
            .array(Finding)
            .describe('what the part found out about what it depends on, worst first'),
        }),
      ),
      rates: z.object({ messagesPerSecond: z.number(), readingsPerSecond: z.number() }),
      lag: z.object({
        journalSeconds: z.number().describe('age of the oldest change not yet seen'),
        closedSlotAt: Moment.nullable(),
      }),
      simulated: z.object({ schools: z.number().int(), devices: z.number().int(), clock: z.boolean() }),
      walls: z.number().int(),
    }),
  },
} as const

export type RouteName = keyof typeof routes
export type RouteReply<N extends RouteName> = z.infer<(typeof routes)[N]['reply']>
export type RouteQuery<N extends RouteName> = z.input<(typeof routes)[N]['query']>
