import type { Commands, Message, Outcome } from '../message.ts'
import type { IngestMetrics } from '../metrics.ts'
import type { Settled } from '../records.ts'

export interface AcknowledgeTools {
  metrics: IngestMetrics
  commands: Commands
}

/** Tells every message of a committed batch, in order of arrival, what became of it; and counts. */
export function acknowledge(batch: Settled, { metrics, commands }: AcknowledgeTools): void {
  const outcomes = new Map<Message, Outcome>()
  for (const message of batch.messages) outcomes.set(message, { stored: 0, duplicate: 0, rejected: [] })
  // The records of one message stand together: its outcome is looked up once.
  let message: Message | undefined
  let outcome: Outcome | undefined
  for (const row of batch.stored) {
    if (row.message !== message) {
      message = row.message
      outcome = outcomes.get(message)
    }
    outcome!.stored += 1
    if (row.kind === 'roll' && !row.consistent) metrics.fault('inconsistent-roll')
  }
  for (const { message } of batch.descriptions) outcomes.get(message)!.stored += 1
  for (const [message, values] of batch.ignored) outcomes.get(message)!.ignored = values
  for (const row of batch.duplicates) outcomes.get(row.message)!.duplicate += 1
  for (const { message, reason, field, value, detail, remedy, values } of batch.letters) {
    outcomes.get(message)!.rejected.push({ reason, field, value, detail, remedy })
    if (values !== undefined) metrics.unread(message, reason, values)
  }
  for (const { topic, payload } of batch.commands) commands.publish(topic, payload)
  for (const [message, outcome] of outcomes) {
    metrics.settled(message, outcome)
    message.settle(outcome)
  }
}
