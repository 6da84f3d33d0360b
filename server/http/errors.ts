import { randomUUID } from 'node:crypto'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import type { ErrorReply } from '../../shared/contract/http.ts'
import { isPassing } from '../../shared/db/connect.ts'
import { coerceError, IocError } from '../../shared/node/errors.ts'
import type { Logger } from '../../shared/node/log.ts'
import { describeProblems } from './problems.ts'

/** Seconds after which a caller may try again while the database is away. */
const RETRY_SECONDS = 5

/** Makes the one handler that turns whatever a route throws into an ErrorReply. */
export function createErrorHandler(log: Logger) {
  return (thrown: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const error = asIocError(thrown, request, log)
    if (error.status === 503) reply.header('retry-after', String(RETRY_SECONDS))
    void reply.code(error.status).type('application/json').send(errorReply(error))
  }
}

/** Answers an address nobody serves. */
export function answerNotFound(request: FastifyRequest, reply: FastifyReply): void {
  const path = request.url.split('?')[0]!.slice(0, 200)
  const error = new IocError('not-found', { what: 'address', value: `${request.method} ${path}` })
  void reply.code(error.status).type('application/json').send(errorReply(error))
}

function errorReply(error: IocError): ErrorReply {
  return {
    code: error.code,
    message: error.message,
    ...(error.problems ? { problems: error.problems } : {}),
  }
}

function asIocError(thrown: unknown, request: FastifyRequest, log: Logger): IocError {
  if (thrown instanceof IocError && thrown.status < 500) return thrown
  if (hasZodFastifySchemaValidationErrors(thrown))
    return badRequest(request, thrown.validation, thrown.validationContext)
  const { statusCode, message } = thrown as Partial<FastifyError>
  if (statusCode === 413) return new IocError('too-large', { limit: request.routeOptions.bodyLimit ?? 0 })
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new IocError('bad-request', { summary: String(message) })
  }
  const reference = randomUUID()
  const context = {
    reference,
    method: request.method,
    route: request.routeOptions.url,
    error: coerceError(thrown).stack,
  }
  if (isPassing(thrown)) {
    log.warn(context, 'a request found the database away')
    return new IocError('unavailable', { seconds: RETRY_SECONDS }, { cause: thrown })
  }
  log.error(context, 'a request failed')
  return new IocError('internal', { reference }, { cause: thrown })
}

function badRequest(
  request: FastifyRequest,
  issues: readonly unknown[],
  context: string | undefined,
): IocError {
  const part = context === 'params' ? 'params' : 'querystring'
  const given = (part === 'params' ? request.params : request.query) as Record<string, unknown>
  const schema = request.routeOptions.schema?.[part] as { shape?: Record<string, unknown> } | undefined
  const problems = describeProblems(issues, given, Object.keys(schema?.shape ?? {}))
  return refused(problems)
}

/** The refusal of a request for these problems, with all of them in its sentence. */
export function refused(problems: { field: string; value: string; remedy: string }[]): IocError {
  const summary = problems
    .map(({ field, value, remedy }) => `${field}=${JSON.stringify(value)}: ${remedy}`)
    .join('; ')
  return new IocError('bad-request', { summary }, { problems })
}
