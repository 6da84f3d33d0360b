import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import type { Finding } from '../../shared/contract/finding.ts'
import { errorCode, IocError } from '../../shared/node/errors.ts'
import type { IngestMetrics } from '../metrics.ts'
import { MOST_PAYLOAD_BYTES } from '../stages/decode.ts'
import { serveErrors } from './errors.ts'
import { serveIngest } from './ingest-route.ts'
import { type HanetTools, serveHanet } from './push/hanet-route.ts'
import { type IclockTools, serveIclock } from './push/iclock-routes.ts'
import { serveNgsi } from './push/ngsi-route.ts'
import { serveRollCodes } from './push/roll-codes-route.ts'
import type { SubmitTools } from './submit.ts'

export interface Readiness {
  database: boolean
  broker: boolean
  room: boolean
  /** What is wrong, in a sentence, where more is known than yes and no. */
  trouble?: string | undefined
}

export interface HttpOptions extends SubmitTools, HanetTools, IclockTools {
  host: string
  port: number
  metrics: IngestMetrics
  readiness(): Readiness
  /** Shown beside readiness; a finding makes nobody unready. */
  findings(): Finding[]
}

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
  serveNgsi(http, options)
  serveHanet(http, options)
  serveIclock(http, options)
  serveRollCodes(http, options)
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
