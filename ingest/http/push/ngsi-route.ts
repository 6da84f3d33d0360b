import type { FastifyInstance } from 'fastify'
import { answer } from '../answer.ts'
import { type SubmitTools, submit } from '../submit.ts'

/** POST /api/v1/push/ngsi-ld: notifications of a context broker, NGSI-LD or NGSI-v2. */
export function serveNgsi(http: FastifyInstance, tools: SubmitTools): void {
  void http.register(async (scope) => {
    scope.addContentTypeParser('application/ld+json', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    )
    scope.post('/api/v1/push/ngsi-ld', async (request, reply) => {
      const payload = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      return answer(await submit('push/ngsi-ld', payload, tools), reply)
    })
  })
}
