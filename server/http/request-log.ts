import type { FastifyInstance } from 'fastify'
import type { Logger } from '../../shared/node/log.ts'

/** Asked every few seconds by machines; said only when asked for detail. */
const QUIET = new Set(['/healthz', '/readyz', '/metrics'])

/** One log line an answer. It names the route, never the query string: people type names into searches. */
export function logRequests(http: FastifyInstance, log: Logger): void {
  http.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown'
    const line = {
      method: request.method,
      route,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
    }
    if (QUIET.has(route)) log.debug(line, 'request')
    else log.info(line, 'request')
  })
}
