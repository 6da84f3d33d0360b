import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ErrorReply } from '../../shared/contract/http.ts'
import { coerceError, IocError } from '../../shared/node/errors.ts'
import type { Logger } from '../../shared/node/log.ts'
import { MOST_PAYLOAD_BYTES } from '../stages/decode.ts'

const RETRY_SECONDS = { busy: 2, unavailable: 5 } as const

/** Answers every error in one shape, and tells apart what the sender did from what failed here. */
export function serveErrors(http: FastifyInstance, log: Logger): void {
  http.setNotFoundHandler((request, reply) => {
    const value = `${request.method} ${request.url.split('?')[0]!.slice(0, 200)}`
    const error = new IocError('not-found', { what: 'address', value })
    void reply.code(error.status).send(replyOf(error))
  })
  http.setErrorHandler<FastifyError>((thrown, request, reply) => {
    const error = settleError(thrown, request, reply, log)
    void reply.send(replyOf(error))
  })
}

/** Sets status and headers for whatever was thrown; what failed here is logged. The caller sends the words. */
export function settleError(
  thrown: FastifyError | IocError,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Logger,
): IocError {
  const error = asIocError(thrown, request)
  if (error.code === 'internal') {
    log.error({ reference: request.id, error: coerceError(thrown).stack }, 'a request failed')
  }
  if (error.code === 'busy' || error.code === 'unavailable') {
    void reply.header('retry-after', String(RETRY_SECONDS[error.code]))
  }
  void reply.code(error.status)
  return error
}

function asIocError(thrown: FastifyError | IocError, request: FastifyRequest): IocError {
  if (thrown instanceof IocError) return thrown
  if (thrown.code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new IocError('too-large', { limit: MOST_PAYLOAD_BYTES })
  if (thrown.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new IocError('media-type')
  if (thrown.statusCode !== undefined && thrown.statusCode < 500) {
    return new IocError('bad-request', { summary: thrown.message })
  }
  return new IocError('internal', { reference: request.id }, { cause: thrown })
}

function replyOf({ code, message, problems }: IocError): ErrorReply {
  return problems ? { code, message, problems } : { code, message }
}
