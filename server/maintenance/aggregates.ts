import { MINUTE_MS, PROVINCE_OFFSET_MS } from '../../shared/domain/time.ts'

/** A continuous aggregate, and how its buckets lie: `offset` is where a bucket begins after midnight UTC. */
export interface Aggregate {
  view: string
  bucketMs: number
  offsetMs: number
  /** Longest span of one refresh; a refresh cannot be shorter than a bucket. */
  mostMs: number
}

/** Finest first: each is made of the one before. */
export const AGGREGATES: readonly Aggregate[] = [
  { view: 'reading_1m', bucketMs: MINUTE_MS, offsetMs: 0, mostMs: 10 * MINUTE_MS },
  { view: 'reading_5m', bucketMs: 5 * MINUTE_MS, offsetMs: 0, mostMs: 30 * MINUTE_MS },
  { view: 'reading_1h', bucketMs: 60 * MINUTE_MS, offsetMs: 0, mostMs: 6 * 60 * MINUTE_MS },
  {
    view: 'reading_1d',
    bucketMs: 1440 * MINUTE_MS,
    offsetMs: -PROVINCE_OFFSET_MS,
    mostMs: 1440 * MINUTE_MS,
  },
]

/** Start of the bucket a moment lies in. */
export function bucketStart({ bucketMs, offsetMs }: Aggregate, moment: number): number {
  return Math.floor((moment - offsetMs) / bucketMs) * bucketMs + offsetMs
}

/** Start of the first bucket that begins at or after a moment. */
export function nextBucket(aggregate: Aggregate, moment: number): number {
  const start = bucketStart(aggregate, moment)
  return start === moment ? start : start + aggregate.bucketMs
}
