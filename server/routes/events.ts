import type { FastifyInstance } from 'fastify'
import { readEvents } from '../sql/events.ts'
import type { RouteParts } from './parts.ts'
import { requireArea } from './refusals.ts'
import { serve } from './serve.ts'

export function serveEvents(http: FastifyInstance, { board, database, clock }: RouteParts): void {
  serve(http, 'events', async ({ query: { area, tree, limit } }) => {
    requireArea(board, tree, area)
    return { events: await readEvents(database, { area, tree, now: clock.now(), limit }) }
  })
}
