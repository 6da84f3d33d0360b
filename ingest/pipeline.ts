import type { Database } from '../shared/db/connect.ts'
import type { Clock } from '../shared/node/clock.ts'
import type { DatabaseLink } from './database-link.ts'
import type { Memory } from './decoders/memory.ts'
import type { Descriptions } from './descriptions.ts'
import type { Commands, Message } from './message.ts'
import type { IngestMetrics } from './metrics.ts'
import type { Registry } from './registry.ts'
import { acknowledge } from './stages/acknowledge.ts'
import { decode } from './stages/decode.ts'
import { dedupe } from './stages/dedupe.ts'
import { enrich } from './stages/enrich.ts'
import { identify } from './stages/identify.ts'
import { store } from './stages/store.ts'
import { validate } from './stages/validate.ts'
import type { TopicMap } from './topic-map.ts'
import type { Turns } from './turns.ts'

export interface PipelineTools {
  database: Database
  link: DatabaseLink
  registry: Registry
  metrics: IngestMetrics
  map: TopicMap
  descriptions: Descriptions
  commands: Commands
  /** FormatContext.ordered. */
  ordered: boolean
  memory: Memory
  /** Batches are decoded in the order of arrival, though several may be stored at once. */
  turns: Turns
  clock: Clock
}

/**
 * The way of a batch. Each stage takes a batch and gives a batch; a stage that asks the database is repeated on the
 * same batch until it succeeds. When this resolves, everything in the batch is committed and settled.
 */
export async function carry(messages: readonly Message[], tools: PipelineTools): Promise<void> {
  const { database, link, registry, descriptions } = tools
  const decoded = await tools.turns.take(async () => {
    await link.persist(() => descriptions.prepare(messages, tools.map))
    const said = decode(messages, tools)
    descriptions.remember(said.descriptions)
    return said
  })
  const named = await link.persist(() => identify(decoded, registry))
  const valid = validate(named, registry)
  const known = await link.persist(() => enrich(valid, registry))
  const distinct = dedupe(known)
  const settled = await link.persist(() => store(distinct, database, tools.clock.now()))
  acknowledge(settled, tools)
}
