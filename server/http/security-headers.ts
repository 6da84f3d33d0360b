import type { FastifyInstance } from 'fastify'

/** Headers every answer carries: types are not guessed, and addresses of ours stay with us. */
export function addSecurityHeaders(http: FastifyInstance): void {
  http.addHook('onSend', async (request, reply, payload) => {
    reply.header('x-content-type-options', 'nosniff')
    reply.header('referrer-policy', 'same-origin')
    // What the API says is true now; nothing on the way may keep it.
    if (request.url.startsWith('/api/v1/')) reply.header('cache-control', 'no-store')
    return payload
  })
}
