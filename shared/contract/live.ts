import { z } from 'zod'
import { AreaTree } from './area.ts'
import { IocEvent } from './event.ts'
import { AreaIndicators } from './indicator.ts'
import { AreaCode, Moment } from './primitives.ts'

/** The clock the province is shown at. speed 1 and offset 0: real time. */
export const ClockReport = z.object({
  simulated: z.boolean(),
  /** Province time minus real time at `anchorReal`, in milliseconds, and how fast it runs from there. */
  anchorReal: z.number(),
  anchorShown: z.number(),
  speed: z.number(),
})
export type ClockReport = z.infer<typeof ClockReport>

export const SystemState = z.object({
  clock: ClockReport,
  simulatedSchools: z.number().int(),
  schools: z.number().int(),
  newestDataAt: Moment.nullable(),
  messagesPerSecond: z.number(),
  deadLettersToday: z.number().int(),
  openSchools: z.number().int(),
  closedSchools: z.number().int(),
  unreportedSchools: z.number().int(),
  /** False while the server cannot read the database; what is shown is then what it last knew. */
  databaseReachable: z.boolean(),
  version: z.string(),
})
export type SystemState = z.infer<typeof SystemState>

export const WatchRequest = z.strictObject({ tree: AreaTree, area: AreaCode })
export type WatchRequest = z.infer<typeof WatchRequest>

/** The whole screen of one area: itself and its children. `seq` is the last patch already in it. */
export const LiveSnapshot = z.object({
  stream: z.string().describe('one life of one server; a number of another stream means nothing'),
  seq: z.number().int(),
  tree: AreaTree,
  area: AreaCode,
  areas: z.array(AreaIndicators),
  events: z.array(IocEvent),
  system: SystemState,
})
export type LiveSnapshot = z.infer<typeof LiveSnapshot>

/** What changed in one tick. Values replace those with the same area, indicator and period. */
export const LivePatch = z.object({
  stream: z.string(),
  seq: z.number().int(),
  area: AreaCode,
  areas: z.array(AreaIndicators),
  events: z.array(IocEvent),
  system: SystemState.optional(),
})
export type LivePatch = z.infer<typeof LivePatch>

/** Every five seconds, so that a silent link is told from a quiet province. `seq` lets a client notice a lost patch. */
export const LiveBeat = z.object({
  stream: z.string(),
  seq: z.number().int(),
  at: Moment,
  system: SystemState,
})
export type LiveBeat = z.infer<typeof LiveBeat>

export type WatchReply = { ok: true; snapshot: LiveSnapshot } | { ok: false; code: string; message: string }

export interface ServerToClient {
  patch: (patch: LivePatch) => void
  beat: (beat: LiveBeat) => void
}

export interface ClientToServer {
  /** Join an area's room and get its snapshot; also asked again after a gap. Leaves the room watched before. */
  watch: (request: WatchRequest, reply: (answer: WatchReply) => void) => void
}

/** Runtime schemas by event, for whoever receives. */
export const liveEvents = { patch: LivePatch, beat: LiveBeat, watch: WatchRequest } as const

export const LIVE_PATH = '/live'
export const BEAT_MS = 5_000
export const TICK_MS = 250
