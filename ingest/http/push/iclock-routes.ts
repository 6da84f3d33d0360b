import type { IncomingMessage } from 'node:http'
import { finished } from 'node:stream/promises'
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { IocError } from '../../../shared/node/errors.ts'
import type { Logger } from '../../../shared/node/log.ts'
import { stampOf, terminalOf } from '../../decoders/zkteco.ts'
import { MOST_PAYLOAD_BYTES } from '../../stages/decode.ts'
import type { TopicMap } from '../../topic-map.ts'
import type { VendorName } from '../../vendor.ts'
import { settleError } from '../errors.ts'
import { away, type SubmitTools, submit } from '../submit.ts'
import { optionsFor } from './iclock-options.ts'
import { redactRecords } from './iclock-redaction.ts'

export interface IclockTools extends SubmitTools {
  /** INGEST_EVENT_KEY; undefined: the routes are off. */
  eventKey: string | undefined
  map: TopicMap
  /** Nothing is kept of terminals nobody has registered: anybody can make up serial numbers. */
  registry: { deviceOf(terminal: VendorName): unknown }
  /** @throws whatever the database fails with. */
  descriptions: { find(vendor: VendorName): Promise<unknown> }
  log: Logger
}

/** Where a terminal stands; the same addresses with `.aspx` are those of older firmware. */
const Query = z.object({
  SN: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/),
  table: z.string().optional(),
  options: z.string().optional(),
  Stamp: z.string().optional(),
})
/** Tables a terminal may send without being asked. All but the first hold people: names, faces, fingers. */
const TABLES = ['ATTLOG', 'OPERLOG', 'ATTPHOTO', 'USERINFO', 'BIODATA', 'FINGERTMP', 'USERPIC', 'OPTIONS']

/** The addresses of ZKTeco's Attendance PUSH. Nothing of a person goes further than this file. */
export function serveIclock(http: FastifyInstance, tools: IclockTools): void {
  void http.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (request: FastifyRequest, payload: IncomingMessage) =>
      isAttendance(request) ? readBody(payload) : leaveUnread(payload),
    )
    scope.addHook('onRequest', async () => {
      if (tools.eventKey !== undefined) return
      tools.metrics.refused('off')
      throw new IocError('push-off', { what: 'ZKTeco', setting: 'INGEST_EVENT_KEY' })
    })
    scope.setErrorHandler<FastifyError>((thrown, request, reply) => {
      const error = settleError(thrown, request, reply, tools.log)
      void reply.type('text/plain').send(`ERROR: ${error.message}\n`)
    })
    serveTerminals(scope, tools)
  })
}

function serveTerminals(scope: FastifyInstance, tools: IclockTools): void {
  const { map, metrics, registry, eventKey = '' } = tools
  for (const suffix of ['', '.aspx']) {
    scope.get(`/iclock/cdata${suffix}`, async (request, reply) => {
      const { SN, options } = queryOf(request)
      void reply.type('text/plain')
      if (options === undefined) return 'OK'
      const topic = topicOf(SN)
      const stamp = stampOf(await findDescription(terminalOf(topic), tools))
      return optionsFor(SN, stamp, map.routeOf(topic)?.zone ?? '+07:00')
    })
    scope.post(`/iclock/cdata${suffix}`, async (request, reply) => {
      const { SN, table, Stamp } = queryOf(request)
      void reply.type('text/plain')
      if (!isAttendance(request)) {
        metrics.discarded(TABLES.find((known) => known === table?.toUpperCase()) ?? 'other')
        return 'OK'
      }
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      const isRegistered = registry.deviceOf(terminalOf(topicOf(SN))) !== undefined
      const pushes = redactRecords(body, SN, isRegistered ? Stamp : undefined, eventKey)
      // One after the other: the stamp comes with the last, and must not be known before the records are.
      for (const push of pushes) await submit(topicOf(SN), Buffer.from(JSON.stringify(push)), tools)
      return `OK: ${pushes.reduce((sum, { records }) => sum + records.length, 0)}`
    })
    // We have no commands for terminals; asking for them is how they show that they are there.
    for (const path of ['getrequest', 'ping']) {
      scope.get(`/iclock/${path}${suffix}`, async (request, reply) => {
        queryOf(request)
        return reply.type('text/plain').send('OK')
      })
    }
    for (const path of ['devicecmd', 'querydata', 'fdata']) {
      scope.post(`/iclock/${path}${suffix}`, async (request, reply) => {
        queryOf(request)
        metrics.discarded('other')
        return reply.type('text/plain').send('OK')
      })
    }
  }
}

function topicOf(terminal: string): string {
  return `push/zkteco/${terminal}`
}

function queryOf(request: FastifyRequest): z.infer<typeof Query> {
  const query = Query.safeParse(request.query)
  if (query.success) return query.data
  throw new IocError('bad-request', {
    summary: 'SN is the serial number: letters, digits, -, _ and ., at most 64',
  })
}

function isAttendance(request: FastifyRequest): boolean {
  const { table } = request.query as { table?: unknown }
  return /^\/iclock\/cdata/.test(request.url) && typeof table === 'string' && table.toUpperCase() === 'ATTLOG'
}

async function findDescription(terminal: VendorName, tools: IclockTools): Promise<unknown> {
  if (!tools.registry.deviceOf(terminal)) return undefined
  if (!tools.link.up) throw away(tools.metrics)
  try {
    return await tools.descriptions.find(terminal)
  } catch (error) {
    tools.log.warn({ error: String(error) }, 'a terminal was not told its stamp')
    throw away(tools.metrics)
  }
}

async function readBody(payload: IncomingMessage): Promise<Buffer> {
  const tooLarge = new IocError('too-large', { limit: MOST_PAYLOAD_BYTES })
  if (Number(payload.headers['content-length'] ?? 0) > MOST_PAYLOAD_BYTES) throw tooLarge
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of payload as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MOST_PAYLOAD_BYTES) throw tooLarge
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** To its end, so that the connection can go on, and into nothing. */
async function leaveUnread(payload: IncomingMessage): Promise<undefined> {
  payload.resume()
  await finished(payload)
  return undefined
}
