import type { IndicatorValue } from '../../shared/contract/indicator.ts'
import { MINUTE_MS, minuteOfDay, SLOT_MS } from '../../shared/domain/time.ts'

export type FreshnessLevel = 'fresh' | 'ageing' | 'stale'

/** link: we hear nothing of the server; feed: the server hears nothing of the schools; source: this indicator only. */
export type FreshnessCause = 'link' | 'feed' | 'source'

export interface Freshness {
  level: FreshnessLevel
  cause: FreshnessCause | null
  /** Age of what is shown, in milliseconds of the shown clock. */
  age: number
}

/** All moments in milliseconds of the shown clock. */
export interface FreshnessQuestion {
  now: number
  /** How fast the shown clock runs; 1 in real operation. */
  speed: number
  /** Moment of the last contact once the link counts as lost; undefined while it lives. */
  linkLostSince: number | undefined
  databaseReachable: boolean
  newestDataAt: number | undefined
  refreshSeconds: number
  value: Pick<IndicatorValue, 'period' | 'value' | 'dataAt'>
}

/** Something arrives from some school at least this often in a province of 1,517 schools. */
export const FEED_CADENCE_MS = MINUTE_MS
export const AGEING_AFTER = 1.5
export const STALE_AFTER = 3

/** Usual lessons of a school day (domain facts, section 3), in minutes of the day. */
const LESSONS = { morning: [7 * 60, 11 * 60 + 15], afternoon: [13 * 60 + 45, 17 * 60] } as const
/** Corrections to a roll come until half an hour after the session; then its figures are settled. */
const SETTLED_AFTER_MINUTES = 30

/**
 * How far a shown value may be trusted to be of now. Three questions, the widest first:
 * 1. link: no contact with the server: everything shown is stale, as old as the last contact.
 * 2. feed: the newest record of the whole province is old (ageing after 1.5, stale after 3 minutes) or the server
 *    cannot read its database. Figures of a session that is over are settled and do not age by this.
 * 3. source: a measured value (periods day and now) whose own newest record is older than 1.5 or 3 times its
 *    cadence, while it is being measured at all. The cadence is its refresh, at least one slot of five minutes,
 *    because it is computed from closed slots. Rolls and school status come as events, not in a rhythm: between
 *    two of them they are as fresh as the feed.
 * A value that is not there has no age. On a fast clock the cadences that are real waiting grow with its speed.
 */
export function freshnessOf(question: FreshnessQuestion): Freshness {
  const { now, value } = question
  if (value.value === null) return { level: 'fresh', cause: null, age: 0 }
  const dataAt = value.dataAt === null ? undefined : Date.parse(value.dataAt)
  if (question.linkLostSince !== undefined) {
    return { level: 'stale', cause: 'link', age: since(now, question.linkLostSince) }
  }
  const feed = feedFreshness(question)
  if (feed.level === 'stale') return feed
  const source = sourceFreshness(question, dataAt)
  if (source.level !== 'fresh') return source
  return feed.level === 'fresh' ? { level: 'fresh', cause: null, age: since(now, dataAt ?? now) } : feed
}

function feedFreshness(question: FreshnessQuestion): Freshness {
  const { now, speed, newestDataAt, value } = question
  if (isSettled(value.period, now)) return { level: 'fresh', cause: null, age: 0 }
  const age = since(now, newestDataAt ?? now)
  if (!question.databaseReachable) return { level: 'stale', cause: 'feed', age }
  const level = levelOf(age, FEED_CADENCE_MS * Math.max(1, speed))
  return { level, cause: level === 'fresh' ? null : 'feed', age }
}

function sourceFreshness(question: FreshnessQuestion, dataAt: number | undefined): Freshness {
  const { now, speed, value } = question
  const measuredSince = startOfMeasuring(value, now)
  if (dataAt === undefined || measuredSince === undefined) return { level: 'fresh', cause: null, age: 0 }
  const cadence = Math.max(question.refreshSeconds * 1000 * Math.max(1, speed), SLOT_MS)
  const level = levelOf(since(now, Math.max(dataAt, measuredSince)), cadence)
  return { level, cause: level === 'fresh' ? null : 'source', age: since(now, dataAt) }
}

/** Since when a value of this kind is being measured; undefined while it is not. Instants are measured day and night. */
function startOfMeasuring(value: FreshnessQuestion['value'], now: number): number | undefined {
  if (value.period === 'morning' || value.period === 'afternoon') return undefined
  if (value.period === 'now') return Number.NEGATIVE_INFINITY
  const minute = minuteOfDay(now)
  for (const [starts, ends] of Object.values(LESSONS)) {
    if (minute >= starts && minute < ends) return now - (minute - starts) * MINUTE_MS
  }
  return undefined
}

/** Whether the session of a value is over on the day of `now`, and its figures with it. */
function isSettled(period: IndicatorValue['period'], now: number): boolean {
  if (period !== 'morning' && period !== 'afternoon') return false
  return minuteOfDay(now) >= LESSONS[period][1] + SETTLED_AFTER_MINUTES
}

function levelOf(age: number, cadence: number): FreshnessLevel {
  if (age > STALE_AFTER * cadence) return 'stale'
  return age > AGEING_AFTER * cadence ? 'ageing' : 'fresh'
}

function since(now: number, moment: number): number {
  return Math.max(0, now - moment)
}
