import type { Database } from '../shared/db/connect.ts'
import type { Clock } from '../shared/node/clock.ts'
import type { DatabaseLink } from './database-link.ts'
import type { Message } from './message.ts'
import type { IngestMetrics } from './metrics.ts'
import type { Registry } from './registry.ts'
import { acknowledge } from './stages/acknowledge.ts'
import { decode } from './stages/decode.ts'
import { dedupe } from './stages/dedupe.ts'
import { enrich } from './stages/enrich.ts'
import { store } from './stages/store.ts'
import { validate } from './stages/validate.ts'

export interface PipelineTools {
  database: Database
  link: DatabaseLink
  registry: Registry
  metrics: IngestMetrics
  clock: Clock
}

/**
 * The way of a batch. Each stage takes a batch and gives a batch; a stage that asks the database is repeated on the
 * same batch until it succeeds. When this resolves, everything in the batch is committed and settled.
 */
export async function carry(messages: readonly Message[], tools: PipelineTools): Promise<void> {
  const { database, link, registry, metrics, clock } = tools
  const decoded = decode(messages)
  const valid = validate(decoded, registry)
  const known = await link.persist(() => enrich(valid, registry))
  const distinct = dedupe(known)
  const settled = await link.persist(() => store(distinct, database, clock.now()))
  acknowledge(settled, metrics)
}
