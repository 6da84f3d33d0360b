import type { Commands, Message, Outcome } from '../message.ts'
import type { IngestMetrics } from '../metrics.ts'
import type { Settled } from '../records.ts'
import type { Description } from '../vendor.ts'

export interface AcknowledgeTools {
  metrics: IngestMetrics
  descriptions: { remember(said: readonly Description[]): void }
  commands: Commands
}

/** Tells every message of a committed batch, in order of arrival, what became of it; and counts. */
export function acknowledge(batch: Settled, { metrics, descriptions, commands }: AcknowledgeTools): void {
  const outcomes = new Map<Message, Outcome>()
  for (const message of batch.messages) outcomes.set(message, { stored: 0, duplicate: 0, rejected: [] })
  for (const row of batch.stored) {
    outcomes.get(row.message)!.stored += 1
    if (row.kind === 'roll' && !row.consistent) metrics.fault('inconsistent-roll')
  }
  for (const { message } of batch.descriptions) outcomes.get(message)!.stored += 1
  for (const [message, values] of batch.ignored) outcomes.get(message)!.ignored = values
  for (const row of batch.duplicates) outcomes.get(row.message)!.duplicate += 1
  for (const { message, reason, field, value, detail, remedy } of batch.letters) {
    outcomes.get(message)!.rejected.push({ reason, field, value, detail, remedy })
  }
  descriptions.remember(batch.descriptions)
  for (const { topic, payload } of batch.commands) commands.publish(topic, payload)
  for (const [message, outcome] of outcomes) {
    metrics.settled(message, outcome)
    message.settle(outcome)
  }
}
