import type { FastifyInstance } from 'fastify'
import { IocError } from '../../../shared/node/errors.ts'
import type { Logger } from '../../../shared/node/log.ts'
import { answer } from '../answer.ts'
import { type SubmitTools, submit } from '../submit.ts'
import { redactHanet } from './hanet-redaction.ts'

const TOPIC = 'push/hanet'

export interface HanetTools extends SubmitTools {
  /** HANET_CLIENT_SECRET; undefined: the route is off. */
  hanetSecret: string | undefined
  log: Logger
}

/** POST /api/v1/push/hanet: the webhook of HANET face cameras. Nothing of a person goes further than this file. */
export function serveHanet(http: FastifyInstance, tools: HanetTools): void {
  const { hanetSecret, metrics, log } = tools
  http.post('/api/v1/push/hanet', async (request, reply) => {
    if (hanetSecret === undefined) {
      metrics.refused('off')
      throw new IocError('push-off', { what: 'HANET', setting: 'HANET_CLIENT_SECRET' })
    }
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    const event = redactHanet(body, hanetSecret)
    if (event === 'unreadable') {
      metrics.refused('malformed')
      throw new IocError('bad-body', { summary: 'a webhook of HANET is a JSON object with an id and a hash' })
    }
    if (event === 'forged') {
      metrics.refused('bad-signature')
      log.warn({ from: request.ip, route: TOPIC }, 'a push with a wrong hash was refused')
      throw new IocError('bad-signature', {
        how: 'MD5 of client_secret and id',
        setting: 'HANET_CLIENT_SECRET',
      })
    }
    return answer(await submit(TOPIC, Buffer.from(JSON.stringify(event)), tools), reply)
  })
}
