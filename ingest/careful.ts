import type { Database } from '../shared/db/connect.ts'
import { coerceError } from '../shared/node/errors.ts'
import type { Logger } from '../shared/node/log.ts'
import type { Message } from './message.ts'
import { carry, type PipelineTools } from './pipeline.ts'
import { letter } from './records.ts'
import { acknowledge } from './stages/acknowledge.ts'
import { store } from './stages/store.ts'

export interface CarefulTools extends PipelineTools {
  database: Database
  log: Logger
  signal: AbortSignal
}

/**
 * Carries a batch; should a stage fail in a way that trying again cannot mend, the batch is halved until the
 * message at fault stands alone and becomes a dead letter. Never rejects: one message must not stop the others,
 * nor the program.
 */
export async function carryCarefully(messages: readonly Message[], tools: CarefulTools): Promise<void> {
  const started = performance.now()
  try {
    await carry(messages, tools)
    tools.metrics.committed(messages.length, (performance.now() - started) / 1000)
  } catch (error) {
    // The program is stopping without its database: the messages stay unacknowledged and will be sent again.
    if (tools.signal.aborted) return
    tools.log.error({ error: coerceError(error).stack, messages: messages.length }, 'a batch failed')
    const [only] = messages
    if (messages.length === 1 && only) {
      await bury(only, error, tools)
      return
    }
    const half = Math.ceil(messages.length / 2)
    await carryCarefully(messages.slice(0, half), tools)
    await carryCarefully(messages.slice(half), tools)
  }
}

async function bury(message: Message, error: unknown, tools: CarefulTools): Promise<void> {
  const detail = coerceError(error).message.slice(0, 300)
  const letters = [letter(message, 'poison', { field: null, value: '', detail, school: null })]
  const nothing = {
    records: [],
    duplicates: [],
    descriptions: [],
    ignored: new Map<Message, number>(),
    commands: [],
  }
  const batch = { ...nothing, messages: [message], letters }
  try {
    acknowledge(await tools.link.persist(() => store(batch, tools.database, tools.clock.now())), tools)
  } catch (failure) {
    // Not even its bytes can be kept: it stays in flight, unacknowledged and visible there.
    tools.log.error({ error: coerceError(failure).message }, 'a message can neither be stored nor be buried')
  }
}
