import type { FastifyInstance } from 'fastify'
import { parseTopic } from '../../shared/contract/topics.ts'
import { IocError } from '../../shared/node/errors.ts'
import { answer } from './answer.ts'
import { type SubmitTools, submit } from './submit.ts'

/** POST /api/v1/ingest/{rest of the topic after ioc/v1/}: the HTTP form of the protocol, through the same pipeline. */
export function serveIngest(http: FastifyInstance, tools: SubmitTools): void {
  http.post<{ Params: { '*': string } }>('/api/v1/ingest/*', async (request, reply) => {
    const topic = `ioc/v1/${request.params['*']}`
    if (!parseTopic(topic)) throw new IocError('not-found', { what: 'address', value: request.url })
    const payload = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    const outcome = await submit(topic, payload, tools)
    return answer(outcome, reply)
  })
}
