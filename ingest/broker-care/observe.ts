import { SESSION_EXPIRY_SECONDS, type SourceState } from '../source.ts'
import type { FindingCode, FindingParams } from './findings.ts'
import type { ProbeResult } from './probe.ts'

/** What is known of the broker at a moment. */
export interface Knowledge {
  broker: string
  sessions: readonly SessionKnowledge[]
  receiveMaximum: number
  /** Undefined until it was measured. */
  probe: ProbeResult | undefined
  /** Undefined until it was asked; null where the broker does not tell. */
  drops: { increase: number; increasedAt: number | undefined } | null | undefined
}

export interface SessionKnowledge {
  clientId: string
  state: SourceState
  /** When the broker was found to have forgotten it, and after how long an absence. */
  loss: { at: number; afterMs: number } | undefined
}

export interface Observation {
  params: FindingParams
  /** Milliseconds since 1970, where it is known better than by when it was noticed. */
  since?: number
}

/** A loss that has happened is shown this long. */
const SHOWN_MS = 24 * 3_600_000

/** What is to be said about the broker, from what is known of it. */
export function observe(knowledge: Knowledge, now: number): Map<FindingCode, Observation> {
  return new Map([
    ...observeSessions(knowledge, now),
    ...observeProbe(knowledge),
    ...observeDrops(knowledge, now),
  ])
}

type Observed = [FindingCode, Observation][]

function observeSessions({ sessions, broker }: Knowledge, now: number): Observed {
  const observed: Observed = []
  for (const { clientId, state, loss } of sessions) {
    const { failure, refused, lowered, expirySeconds } = state
    const params = { broker, sessions: clientId }
    if (refused.length > 0)
      observed.push(['subscription-refused', { params: { filters: refused.join(', ') } }])
    if (failure) observed.push([failure.code, { params: failure.params }])
    if (lowered.length > 0) observed.push(['qos-lowered', { params: { filters: lowered.join(', ') } }])
    if (expirySeconds !== undefined && expirySeconds < SESSION_EXPIRY_SECONDS) {
      observed.push(['session-short', { params: { found: expirySeconds, wanted: SESSION_EXPIRY_SECONDS } }])
    }
    if (loss && now - loss.at < SHOWN_MS) {
      const seconds = Math.round(loss.afterMs / 1000)
      const code = seconds < (expirySeconds ?? SESSION_EXPIRY_SECONDS) ? 'session-lost' : 'session-expired'
      observed.push([code, { params: { ...params, seconds }, since: loss.at }])
    }
  }
  return observed
}

function observeProbe({ probe, receiveMaximum }: Knowledge): Observed {
  if (probe === undefined) return []
  if (probe.outcome === 'refused') return [['probe-refused', { params: {} }]]
  if (probe.outcome === 'forgotten') return [['session-not-kept', { params: {} }]]
  const { sent, kept, window } = probe
  const wanted = Math.min(receiveMaximum, kept)
  return [
    ...(kept < sent ? [['queue-small', { params: { kept, sent } }] as Observed[number]] : []),
    ...(window < wanted
      ? [['window-small', { params: { window, wanted: receiveMaximum } }] as Observed[number]]
      : []),
  ]
}

function observeDrops({ drops }: Knowledge, now: number): Observed {
  if (drops === undefined) return []
  if (drops === null) return [['sys-unreadable', { params: {} }]]
  const { increase, increasedAt } = drops
  if (increasedAt === undefined || now - increasedAt >= SHOWN_MS) return []
  return [['messages-dropped', { params: { count: increase }, since: increasedAt }]]
}
