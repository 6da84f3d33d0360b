import type { FastifyInstance, FastifyReply } from 'fastify'
import type { ErrorReply } from '../../shared/contract/http.ts'
import { parseTopic } from '../../shared/contract/topics.ts'
import type { Clock } from '../../shared/node/clock.ts'
import { IocError } from '../../shared/node/errors.ts'
import type { DatabaseLink } from '../database-link.ts'
import type { Intake, Outcome, Rejection } from '../message.ts'
import type { IngestMetrics } from '../metrics.ts'
import { sentenceOf } from '../reasons.ts'

export interface IngestRouteTools {
  intake: Intake
  link: DatabaseLink
  clock: Clock
  metrics: IngestMetrics
}

/** A caller waits this long for the commit; what it sent may still be stored after that, and once only. */
const MOST_WAIT_MS = 10_000
const BUSY_SECONDS = 2
const AWAY_SECONDS = 5

/** POST /api/v1/ingest/{rest of the topic after ioc/v1/}: the HTTP form of the protocol, through the same pipeline. */
export function serveIngest(http: FastifyInstance, tools: IngestRouteTools): void {
  http.post<{ Params: { '*': string } }>('/api/v1/ingest/*', async (request, reply) => {
    const topic = `ioc/v1/${request.params['*']}`
    if (!parseTopic(topic)) throw new IocError('not-found', { what: 'address', value: request.url })
    const payload = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    const outcome = await submit(topic, payload, tools)
    return answer(outcome, reply)
  })
}

function submit(topic: string, payload: Buffer, tools: IngestRouteTools): Promise<Outcome> {
  const { intake, link, clock, metrics } = tools
  const away = () => {
    metrics.refused('unavailable')
    return new IocError('unavailable', { seconds: AWAY_SECONDS })
  }
  if (!link.up) return Promise.reject(away())
  return new Promise((resolve, reject) => {
    const patience = setTimeout(() => reject(away()), MOST_WAIT_MS)
    const taken = intake.offer({
      topic,
      payload,
      qos: 1,
      dup: false,
      retained: false,
      receivedAt: Math.round(clock.now()),
      source: 'http',
      username: undefined,
      settle: (outcome) => {
        clearTimeout(patience)
        resolve(outcome)
      },
    })
    if (taken) return
    clearTimeout(patience)
    metrics.refused('busy')
    reject(new IocError('busy', { seconds: BUSY_SECONDS }))
  })
}

function answer(outcome: Outcome, reply: FastifyReply): FastifyReply {
  const { stored, duplicate, rejected } = outcome
  if (stored + duplicate > 0) {
    return reply.send({
      stored,
      duplicate,
      rejected: rejected.map(({ reason, field, value, remedy }) => ({ reason, field, value, remedy })),
    })
  }
  const unknown = rejected.every(({ reason }) => reason === 'unknown-school' || reason === 'unknown-device')
  const code = unknown ? 'not-found' : 'bad-body'
  const body: ErrorReply = {
    code,
    message: sentenceOf(rejected[0]!.reason),
    problems: rejected.map(({ field, value, detail, remedy }: Rejection) => ({
      field: field ?? '',
      value,
      remedy: `${detail}. ${remedy}`,
    })),
  }
  return reply.code(unknown ? 404 : 422).send(body)
}
