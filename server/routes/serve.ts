import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import { ErrorReply, type RouteName, type RouteReply, routes } from '../../shared/contract/http.ts'

type Contract<N extends RouteName> = (typeof routes)[N]
type Query<N extends RouteName> = z.output<Contract<N>['query']>
type Params<N extends RouteName> =
  Contract<N> extends { params: infer P extends z.ZodType } ? z.output<P> : undefined

export interface Asked<N extends RouteName> {
  params: Params<N>
  query: Query<N>
}

/** Errors every route may answer with, for the description of the API. */
const FAILURES = {
  400: ErrorReply.describe('a parameter is unknown, missing or wrong; `problems` names it and the remedy'),
  404: ErrorReply.describe('there is no such area, school, device, metric, indicator or message'),
  500: ErrorReply.describe('something failed inside; the message carries the reference of the log'),
  503: ErrorReply.describe('the database cannot be reached at the moment'),
}

/** Serves a route of the contract: its schemas check what comes in and what goes out; `handle` answers. */
export function serve<N extends RouteName>(
  http: FastifyInstance,
  name: N,
  handle: (asked: Asked<N>) => RouteReply<N> | Promise<RouteReply<N>>,
): void {
  const contract = routes[name]
  const params = 'params' in contract ? { params: contract.params } : {}
  http.get(
    contract.path,
    {
      schema: {
        operationId: name,
        summary: contract.summary,
        tags: [contract.path.split('/')[3]!],
        querystring: contract.query,
        ...params,
        response: { 200: contract.reply.describe(contract.summary), ...FAILURES },
      },
    },
    // The schemas above have parsed both, so they are what the contract infers.
    async (request) => handle({ params: request.params as Params<N>, query: request.query as Query<N> }),
  )
}
