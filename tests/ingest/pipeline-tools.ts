import { type CarefulTools, carryCarefully } from '../../ingest/careful.ts'
import { DatabaseLink } from '../../ingest/database-link.ts'
import { Memory } from '../../ingest/decoders/memory.ts'
import { Descriptions } from '../../ingest/descriptions.ts'
import type { Message } from '../../ingest/message.ts'
import { IngestMetrics } from '../../ingest/metrics.ts'
import { Registry } from '../../ingest/registry.ts'
import { readTopicMap, SHIPPED_MAP } from '../../ingest/topic-map.ts'
import { Turns } from '../../ingest/turns.ts'
import { realClock } from '../../shared/node/clock.ts'
import { silentLog, type TestDatabase } from '../helpers/database.ts'

export interface TestPipeline {
  tools: CarefulTools
  registry: Registry
  carry(messages: readonly Message[]): Promise<void>
}

/** The pipeline with a registry of its own, as one program has it. */
export async function createPipeline({ database }: TestDatabase): Promise<TestPipeline> {
  const registry = new Registry(database, silentLog)
  await registry.refresh()
  const { signal } = new AbortController()
  const tools = {
    database,
    link: new DatabaseLink(silentLog, signal),
    registry,
    metrics: new IngestMetrics('0.0.0'),
    log: silentLog,
    signal,
    map: readTopicMap(SHIPPED_MAP),
    descriptions: new Descriptions(database, { shared: false }),
    commands: { publish: () => {} },
    ordered: true,
    memory: new Memory(),
    turns: new Turns(),
    clock: realClock,
  }
  const carry = async (messages: readonly Message[]) => {
    for (const message of messages) tools.metrics.taken(message)
    await carryCarefully(messages, tools)
  }
  return { tools, registry, carry }
}

/** received, stored, duplicate, dead_letter and in_flight, summed over all labels. */
export async function countsOf(metrics: IngestMetrics) {
  const text = await metrics.registry.metrics()
  const sum = (name: string) =>
    [...text.matchAll(new RegExp(`^ioc_ingest_${name}(?:\\{.*\\})? (\\d+)$`, 'gm'))].reduce(
      (all, match) => all + Number(match[1]),
      0,
    )
  return {
    received: sum('received_total'),
    stored: sum('stored_total'),
    duplicate: sum('duplicate_total'),
    deadLetter: sum('dead_letter_total'),
    inFlight: sum('in_flight'),
  }
}
