import { DAY_MS, dayOf, MINUTE_MS, startOfDay } from '../../shared/domain/time.ts'
import { foldLetters } from '../fold-letters.ts'
import type { Batch, Draft, ReadingDraft } from '../records.ts'
import { fieldOfReading } from '../records.ts'
import { Refusals } from '../refusals.ts'

/** Architecture, anchors of ingest, section 5: events more than five minutes ahead are refused. */
export const MOST_AHEAD_MS = 5 * MINUTE_MS
/** A logger's export may be many years old (npm run replay --shift none); what is older has a clock that was never set. */
export const MOST_BEHIND_MS = 20 * 365 * DAY_MS

/** Moments beyond this have no date [ECMA-262, 21.4.1.1]. */
const MOST_DATE_MS = 8.64e15

export interface Metric {
  id: number
  code: string
  unit: string
  minimum: number
  maximum: number
}

/** What this stage asks of the registry. */
export interface Metrics {
  metric(code: string): Metric | undefined
}

/** Whether what a well-formed record says can be true: limits of the metric, and the clock at its arrival. */
export function validate(batch: Batch<Draft>, metrics: Metrics): Batch<Draft> {
  const refusals = new Refusals()
  const records = batch.records.filter(
    (draft) =>
      isTimely(draft, refusals) && (draft.kind !== 'reading' || isPossible(draft, metrics, refusals)),
  )
  return { ...batch, records, letters: foldLetters([...batch.letters, ...refusals.letters]) }
}

function isPossible(reading: ReadingDraft, metrics: Metrics, refusals: Refusals): boolean {
  const metric = metrics.metric(reading.metric)
  const about = { field: fieldOfReading(reading), value: reading.value }
  if (!metric) {
    refusals.refuse(reading, 'unknown-metric', { ...about, detail: `no metric ${reading.metric}` })
    return false
  }
  const { minimum, maximum, unit } = metric
  if (reading.value >= minimum && reading.value <= maximum) return true
  const detail = `${reading.metric} = ${reading.value}: outside ${minimum} to ${maximum} ${unit}`
  refusals.refuse(reading, 'out-of-range', { ...about, detail })
  return false
}

function isTimely(draft: Draft, refusals: Refusals): boolean {
  const now = draft.message.receivedAt
  // Most records by far, and most of them right.
  if (draft.kind === 'reading' && isNear(draft.at, now)) return true
  for (const { field, at } of timesOf(draft)) {
    if (isNear(at, now)) continue
    const reason = at > now ? 'future' : 'too-old'
    const shown = Math.abs(at) <= MOST_DATE_MS ? new Date(at).toISOString() : String(at)
    refusals.refuse(draft, reason, {
      field: `${draft.path}${field}`,
      value: shown,
      detail: `${shown} at an arrival of ${new Date(now).toISOString()}`,
    })
    return false
  }
  if (draft.kind !== 'roll' || draft.roll.date <= dayOf(now)) return true
  const detail = `a roll of ${draft.roll.date} on ${dayOf(now)}`
  refusals.refuse(draft, 'future', { field: `${draft.path}date`, value: draft.roll.date, detail })
  return false
}

function isNear(at: number, now: number): boolean {
  return at <= now + MOST_AHEAD_MS && at >= now - MOST_BEHIND_MS
}

function timesOf(draft: Draft): { field: string; at: number }[] {
  switch (draft.kind) {
    case 'reading':
      return [{ field: draft.timeField ?? 'ts', at: draft.at }]
    case 'roll':
      return [
        { field: 'takenAt', at: draft.roll.takenAt },
        { field: 'date', at: startOfDay(draft.roll.date) },
      ]
    case 'checkin':
      return [{ field: draft.timeField ?? 'ts', at: draft.checkin.ts }]
    case 'status':
      return [{ field: 'since', at: draft.status.since }]
    case 'connection':
      return []
  }
}
