import type { FastifyInstance } from 'fastify'
import {
  readDeadMessage,
  readDeadMessages,
  readLetterCounts,
  readWaitingDevices,
} from '../../shared/db/dead-letters/read.ts'
import { IocError } from '../../shared/node/errors.ts'
import type { RouteParts } from './parts.ts'
import { requireOrder } from './refusals.ts'
import { serve } from './serve.ts'

/** What could not be stored, and which devices wait to be registered. */
export function serveDeadLetters(http: FastifyInstance, { database }: RouteParts): void {
  serve(http, 'deadLetters', async ({ query: { before, limit, ...filter } }) => {
    requireOrder(filter)
    // One more than asked for tells whether there is a next page.
    const found = await readDeadMessages(database, filter, { before, limit: limit + 1 })
    const messages = found.slice(0, limit)
    return { messages, next: found.length > limit ? messages.at(-1)!.id : null }
  })

  serve(http, 'deadLetterCounts', async ({ query: { limit, ...filter } }) => {
    requireOrder(filter)
    return readLetterCounts(database, filter, limit)
  })

  serve(http, 'deadLetter', async ({ params: { id } }) => {
    const message = await readDeadMessage(database, id)
    if (!message) throw new IocError('not-found', { what: 'dead message', value: id })
    return message
  })

  serve(http, 'waitingDevices', ({ query }) => readWaitingDevices(database, query))
}
