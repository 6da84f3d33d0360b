import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify'
import type { Finding } from '../../shared/contract/finding.ts'
import type { ErrorReply } from '../../shared/contract/http.ts'
import { coerceError, errorCode, IocError } from '../../shared/node/errors.ts'
import type { Logger } from '../../shared/node/log.ts'
import type { IngestMetrics } from '../metrics.ts'
import { MOST_PAYLOAD_BYTES } from '../stages/decode.ts'
import { type IngestRouteTools, serveIngest } from './ingest-route.ts'

export interface Readiness {
  database: boolean
  broker: boolean
  room: boolean
}

export interface HttpOptions extends IngestRouteTools {
  host: string
  port: number
  metrics: IngestMetrics
  readiness(): Readiness
  /** Shown beside readiness; a finding makes nobody unready. */
  findings(): Finding[]
  log: Logger
}

const RETRY_SECONDS = { busy: 2, unavailable: 5 } as const

/** The HTTP side of this program. Resolves to the bound port. @throws IocError port-taken */
export async function startHttp(
  options: HttpOptions,
): Promise<{ port: number; stop(patienceMs: number): Promise<void> }> {
  const { host, port, metrics, log } = options
  const http = Fastify({ bodyLimit: MOST_PAYLOAD_BYTES, forceCloseConnections: 'idle' })
  // Bodies are kept as bytes: they go through the same stages as a payload from MQTT, and into dead letters as they are.
  http.removeAllContentTypeParsers()
  http.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  )
  serveErrors(http, log)
  serveIngest(http, options)
  http.get('/healthz', async () => ({ alive: true }))
  http.get('/readyz', async (_request, reply) => {
    const checks = options.readiness()
    const ready = checks.database && checks.broker && checks.room
    return reply.code(ready ? 200 : 503).send({ ready, ...checks, findings: options.findings() })
  })
  http.get('/metrics', async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  )
  try {
    await http.listen({ host, port })
  } catch (error) {
    if (errorCode(error) !== 'EADDRINUSE') throw error
    throw new IocError('port-taken', { port, host, setting: 'INGEST_PORT' })
  }
  return {
    port: (http.server.address() as AddressInfo).port,
    stop: async (patienceMs) => {
      const late = setTimeout(() => http.server.closeAllConnections(), patienceMs)
      await http.close()
      clearTimeout(late)
    },
  }
}

function serveErrors(http: FastifyInstance, log: Logger): void {
  http.setNotFoundHandler((request, reply) => {
    const error = new IocError('not-found', {
      what: 'address',
      value: `${request.method} ${request.url.slice(0, 200)}`,
    })
    void reply.code(error.status).send(replyOf(error))
  })
  http.setErrorHandler<FastifyError>((thrown, request, reply) => {
    const error = asIocError(thrown)
    if (error.code === 'internal') {
      log.error({ reference: request.id, error: coerceError(thrown).stack }, 'a request failed')
    }
    if (error.code === 'busy' || error.code === 'unavailable') {
      void reply.header('retry-after', String(RETRY_SECONDS[error.code]))
    }
    void reply.code(error.status).send(replyOf(error))
  })
}

function asIocError(thrown: FastifyError | IocError): IocError {
  if (thrown instanceof IocError) return thrown
  if (thrown.code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new IocError('too-large', { limit: MOST_PAYLOAD_BYTES })
  if (thrown.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new IocError('media-type')
  if (thrown.statusCode !== undefined && thrown.statusCode < 500) {
    return new IocError('bad-request', { summary: thrown.message })
  }
  return new IocError('internal', { reference: '' }, { cause: thrown })
}

function replyOf(error: IocError): ErrorReply {
  return { code: error.code, message: error.message }
}
