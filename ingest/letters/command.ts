import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { withCommandDatabase } from '../../shared/db/command-database.ts'
import type { Database } from '../../shared/db/connect.ts'
import {
  readDeadMessage,
  readDeadMessages,
  readLetterCounts,
  readWaitingDevices,
} from '../../shared/db/dead-letters/read.ts'
import { realClock } from '../../shared/node/clock.ts'
import { EXIT_BAD_DATA } from '../../shared/node/command.ts'
import { coerceError, errorCode, IocError } from '../../shared/node/errors.ts'
import { createLog } from '../../shared/node/log.ts'
import { createProgress } from '../../shared/node/progress.ts'
import { carryCarefully } from '../careful.ts'
import { DatabaseLink } from '../database-link.ts'
import { Memory } from '../decoders/memory.ts'
import { Descriptions } from '../descriptions.ts'
import { IngestMetrics } from '../metrics.ts'
import { Registry } from '../registry.ts'
import { readTopicMap, SHIPPED_MAP } from '../topic-map.ts'
import { Turns } from '../turns.ts'
import type { LettersCommand } from './arguments.ts'
import { readWhole, toCsvLines, toJsonLines } from './export.ts'
import { countFitting } from './lease.ts'
import { printCounts, printMessage, printMessages, printWaiting } from './print.ts'
import { type RetryCounts, retry } from './retry.ts'

type CommandOf<N extends LettersCommand['command']> = Extract<LettersCommand, { command: N }>

/** Rows of a list, unless --limit says otherwise. */
const LIST_LIMIT = 50

/**
 * Carries out the command; its number is the exit code: 65 when something was refused again, or could not be tried.
 * @throws IocError bad-setting, database-unreachable, not-found, file-unwritable
 */
export function carryOut(
  command: LettersCommand,
  environment: Record<string, string | undefined>,
): Promise<number> {
  return withCommandDatabase({ program: 'deadletters', environment, connections: 2 }, async (database) => {
    switch (command.command) {
      case 'list':
        console.log(await list(database, command))
        return 0
      case 'show':
        console.log(await show(database, command))
        return 0
      case 'retry':
        return report(await retryAll(database, command, environment))
      case 'export':
        await writeOut(database, command)
        return 0
    }
  })
}

async function list(
  database: Database,
  { what, filter, limit = LIST_LIMIT }: CommandOf<'list'>,
): Promise<string> {
  if (what === 'messages') return printMessages(await readDeadMessages(database, filter, { limit }))
  if (what === 'waiting') {
    const { devices, total } = await readWaitingDevices(database, { format: filter.format, limit })
    return printWaiting(devices, total)
  }
  const { counts, total } = await readLetterCounts(database, filter, limit)
  return printCounts(counts, total)
}

async function show(database: Database, { id }: CommandOf<'show'>): Promise<string> {
  const message = await readDeadMessage(database, id)
  if (!message) throw new IocError('not-found', { what: 'dead message', value: id })
  return printMessage(message)
}

/** Carries what fits through a pipeline of this command's own: no ingest program needs to run. */
async function retryAll(
  database: Database,
  { filter, limit }: CommandOf<'retry'>,
  environment: Record<string, string | undefined>,
): Promise<RetryCounts> {
  const log = createLog('deadletters', 'warn')
  const { signal } = new AbortController()
  const registry = new Registry(database, log)
  await registry.refresh()
  const metrics = new IngestMetrics('')
  const tools = {
    database,
    link: new DatabaseLink(log, signal),
    registry,
    metrics,
    log,
    signal,
    map: readTopicMap(environment['MQTT_TOPIC_MAP'] || SHIPPED_MAP),
    descriptions: new Descriptions(database, { shared: false }),
    // Devices are asked by the program that is connected to them.
    commands: { publish: () => {} },
    ordered: false,
    memory: new Memory(),
    turns: new Turns(),
    clock: realClock,
  }
  const progress = createProgress(process.stderr)
  const fitting = await countFitting(database, filter)
  progress.begin('thử lại (retry)', Math.min(fitting, limit ?? fitting))
  try {
    return await retry({
      database,
      filter,
      ...(limit === undefined ? {} : { limit }),
      carry: (messages) => carryCarefully(messages, tools),
      signal,
      onPage: (messages) => progress.advance(messages),
    })
  } finally {
    progress.end()
  }
}

function report({ messages, stored, duplicate, refused, skipped }: RetryCounts): number {
  console.log(
    `${messages} tin đã thử lại (messages carried again): ${stored} bản ghi đã lưu (records stored), ` +
      `${duplicate} đã có (duplicate), ${refused} lại bị từ chối (refused again).`,
  )
  if (skipped > 0) {
    console.log(
      `${skipped} tin chưa thử (not carried): lượt khác đang thử, hãy chạy lại sau một phút, hoặc không còn nguyên vẹn ` +
        '(carried by another retry: run this again in a minute; or not kept whole).',
    )
  }
  return refused + skipped > 0 ? EXIT_BAD_DATA : 0
}

async function writeOut(
  database: Database,
  { filter, limit, form, out }: CommandOf<'export'>,
): Promise<void> {
  const messages = readWhole(database, filter, limit)
  const lines = Readable.from(form === 'csv' ? toCsvLines(messages) : toJsonLines(messages))
  if (out !== undefined) {
    const file = await open(out, 'w').catch((error: unknown) => {
      throw new IocError('file-unwritable', {
        file: out,
        why: errorCode(error) ?? coerceError(error).message,
      })
    })
    return pipeline(lines, file.createWriteStream())
  }
  try {
    await pipeline(lines, process.stdout, { end: false })
  } catch (error) {
    // Whoever read the output has seen enough.
    if (errorCode(error) !== 'EPIPE') throw error
  }
}
