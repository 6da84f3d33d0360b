import type { Clock } from '../../shared/node/clock.ts'
import { IocError } from '../../shared/node/errors.ts'
import type { DatabaseLink } from '../database-link.ts'
import type { Intake, Outcome } from '../message.ts'
import type { IngestMetrics } from '../metrics.ts'

export interface SubmitTools {
  intake: Intake
  link: DatabaseLink
  clock: Clock
  metrics: IngestMetrics
}

/** A caller waits this long for the commit; what it sent may still be stored after that, and once only. */
const MOST_WAIT_MS = 10_000
const BUSY_SECONDS = 2
const AWAY_SECONDS = 5

/**
 * Hands a message to the pipeline; resolves when its transaction has committed.
 * @throws IocError busy when there is no room, unavailable when the database is away.
 */
export function submit(topic: string, payload: Buffer, tools: SubmitTools): Promise<Outcome> {
  const { intake, link, clock, metrics } = tools
  if (!link.up) return Promise.reject(away(metrics))
  return new Promise((resolve, reject) => {
    const patience = setTimeout(() => reject(away(metrics)), MOST_WAIT_MS)
    const taken = intake.offer({
      topic,
      payload,
      qos: 1,
      dup: false,
      retained: false,
      receivedAt: Math.round(clock.now()),
      source: 'http',
      username: undefined,
      settle: (outcome) => {
        clearTimeout(patience)
        resolve(outcome)
      },
    })
    if (taken) return
    clearTimeout(patience)
    metrics.refused('busy')
    reject(new IocError('busy', { seconds: BUSY_SECONDS }))
  })
}

/** The database cannot be asked; counted as a request refused. */
export function away(metrics: IngestMetrics): IocError {
  metrics.refused('unavailable')
  return new IocError('unavailable', { seconds: AWAY_SECONDS })
}
