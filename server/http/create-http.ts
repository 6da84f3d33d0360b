import Fastify, { type FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { errorCode, IocError } from '../../shared/node/errors.ts'
import type { Logger } from '../../shared/node/log.ts'
import { answerNotFound, createErrorHandler } from './errors.ts'
import { logRequests } from './request-log.ts'
import { addSecurityHeaders } from './security-headers.ts'

/** The API takes no bodies yet; this keeps anybody from making it hold a large one. */
const BODY_LIMIT = 16 * 1024

/** How long answers under way may take when the server stops. */
const DRAIN_MS = 1_000

/** A fastify with our manners and no routes: zod both ways, one shape of error, one log line an answer. */
export function createHttp(log: Logger): FastifyInstance {
  const answerError = createErrorHandler(log)
  const http = Fastify({
    logger: false,
    bodyLimit: BODY_LIMIT,
    requestTimeout: 30_000,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: answerError,
  })
  http.setValidatorCompiler(validatorCompiler)
  http.setSerializerCompiler(serializerCompiler)
  http.setErrorHandler(answerError)
  http.setNotFoundHandler(answerNotFound)
  addSecurityHeaders(http)
  logRequests(http, log)
  return http
}

/**
 * Starts to listen; the address says where.
 * @throws IocError port-taken
 */
export async function listen(
  http: FastifyInstance,
  { host, port }: { host: string; port: number },
): Promise<string> {
  try {
    return await http.listen({ host, port })
  } catch (thrown) {
    if (errorCode(thrown) === 'EADDRINUSE') {
      throw new IocError('port-taken', { port, host, setting: 'PORT' }, { cause: thrown })
    }
    throw thrown
  }
}

/** Lets answers under way finish, but does not wait for a client that will not take its own. */
export async function close(http: FastifyInstance): Promise<void> {
  const cut = setTimeout(() => http.server.closeAllConnections(), DRAIN_MS)
  await http.close()
  clearTimeout(cut)
}
