import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { ServerSettings } from '../../../server/config.ts'
import { createIngestProbe, createIngestProbes } from '../../../server/routes/ingest-probe.ts'
import type { Finding } from '../../../shared/contract/finding.ts'
import { type RouteName, routes } from '../../../shared/contract/http.ts'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { HandBoard } from '../live/hand-board.ts'
import { get, startTestWeb, type Web } from './web-harness.ts'

let database: TestDatabase
let web: Web
let ingest: Server
let ingestReady = true
const ingestFinding: Finding = {
  code: 'queue-small',
  severity: 'critical',
  setting: 'max_queued_messages',
  vi: 'Broker chỉ giữ 1000 trong 1200 tin.',
  en: 'The broker keeps only 1000 of 1200 messages.',
  since: '2026-11-23T01:00:00.000Z',
}
const readiness = JSON.stringify({ ready: true, findings: [ingestFinding] })
const board = new HandBoard()
const folder = mkdtempSync(join(tmpdir(), 'ioc-client-'))

beforeAll(async () => {
  database = await createTestDatabase()
  ingest = createServer((request, response) => {
    if (request.url === '/readyz') response.statusCode = ingestReady ? 200 : 503
    const metrics = 'ioc_build_info{program="ingest",version="9.9.9"} 1\n'
    response.end(request.url === '/metrics' ? metrics : ingestReady ? readiness : '{}')
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => ingest.once('listening', resolve))
  const { port } = ingest.address() as AddressInfo
  web = await startTestWeb({
    board,
    databaseUrl: database.url,
    clientFolder: folder,
    otherParts: [createIngestProbe(`http://127.0.0.1:${port}`)],
  })
})
afterAll(async () => {
  await web.stop()
  ingest.close()
  await database.drop()
  rmSync(folder, { recursive: true })
})

const Operation = z.object({
  summary: z.string().min(1),
  operationId: z.string(),
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.enum(['query', 'path']),
        required: z.boolean().optional(),
        schema: z.record(z.string(), z.unknown()),
      }),
    )
    .default([]),
  responses: z.record(
    z.string(),
    z.object({
      description: z.string(),
      content: z.record(z.string(), z.object({ schema: z.record(z.string(), z.unknown()) })),
    }),
  ),
})
const Document = z.object({
  openapi: z.literal('3.1.0'),
  info: z.object({ title: z.string().includes('Nghệ An'), version: z.string() }),
  paths: z.record(z.string(), z.strictObject({ get: Operation })),
})

test('the description lists exactly the routes of the contract, each with its parameters', async () => {
  const { body } = await get(web.url, '/api/docs/json')
  const { paths } = Document.parse(body)
  const names = Object.keys(routes) as RouteName[]
  expect(Object.keys(paths).sort()).toEqual(
    names.map((name) => routes[name].path.replace(/:(\w+)/g, '{$1}')).sort(),
  )
  for (const name of names) {
    const route = routes[name]
    const { get: operation } = paths[route.path.replace(/:(\w+)/g, '{$1}')]!
    expect(operation.summary).toBe(route.summary)
    expect(operation.operationId).toBe(name)
    const described = (place: string) =>
      operation.parameters.filter((parameter) => parameter.in === place).map((parameter) => parameter.name)
    expect(described('query').sort()).toEqual(Object.keys(route.query.shape).sort())
    expect(described('path')).toEqual([...route.path.matchAll(/:(\w+)/g)].map((match) => match[1]))
    expect(Object.keys(operation.responses)).toEqual(['200', '400', '404', '500', '503'])
  }
})

test('every schema of the description is a JSON schema, and real answers fit the one described', async () => {
  const { body } = await get(web.url, '/api/docs/json')
  const { paths } = Document.parse(body)
  for (const path of [
    '/api/v1/areas',
    '/api/v1/schools',
    '/api/v1/indicators',
    '/api/v1/events',
    '/api/v1/status',
  ]) {
    const described = z.fromJSONSchema(paths[path]!.get.responses['200']!.content['application/json']!.schema)
    expect(described.safeParse((await get(web.url, path)).body).error).toBeUndefined()
    expect(described.safeParse({ wrong: true }).success).toBe(false)
  }
  for (const { get: operation } of Object.values(paths)) {
    for (const { schema } of operation.parameters) z.fromJSONSchema(schema)
    for (const { content } of Object.values(operation.responses)) {
      for (const { schema } of Object.values(content)) z.fromJSONSchema(schema)
    }
  }
})

test('the page to try the API is served', async () => {
  const { status, body, headers } = await get(web.url, '/api/docs')
  expect(status).toBe(200)
  expect(headers.get('content-type')).toContain('text/html')
  const script = /src="([^"]*swagger-ui-bundle\.js)"/.exec(String(body))![1]!
  expect((await fetch(new URL(script, `${web.url}/api/docs`))).status).toBe(200)
})

test('before the build the pages say what to run, and after it they are served without a restart', async () => {
  const before = await get(web.url, '/wall')
  expect(before.status).toBe(503)
  expect(before.body).toContain('npm run build')
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>wall</title>')
  writeFileSync(join(folder, 'assets', 'main-abc123.js'), 'export {}')
  for (const page of ['/', '/wall', '/wall?area=412']) {
    const { status, body, headers } = await get(web.url, page)
    expect({ status, body, caching: headers.get('cache-control') }).toEqual({
      status: 200,
      body: '<!doctype html><title>wall</title>',
      caching: 'no-cache',
    })
    expect(headers.get('content-type')).toContain('text/html')
  }
  const asset = await get(web.url, '/assets/main-abc123.js')
  expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect(asset.headers.get('content-type')).toContain('javascript')
  expect((await get(web.url, '/assets/gone-abc123.js')).status).toBe(404)
  expect((await get(web.url, '/../package.json')).status).toBe(404)
  expect((await get(web.url, '/..%2fpackage.json')).status).toBeGreaterThanOrEqual(400)
})

test('every answer forbids guessing of types and keeps addresses inside, and API answers are not kept', async () => {
  for (const path of ['/api/v1/areas', '/wall', '/healthz', '/nothing']) {
    const { headers } = await get(web.url, path)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('same-origin')
  }
  expect((await get(web.url, '/api/v1/areas')).headers.get('cache-control')).toBe('no-store')
})

test('ready while the database answers and the engine is close behind', async () => {
  expect(await get(web.url, '/readyz')).toMatchObject({ status: 200, body: { ready: true } })
  board.state = { ...board.state, lagSeconds: 31 }
  expect(await get(web.url, '/readyz')).toMatchObject({
    status: 503,
    body: { checks: { database: true, engine: false } },
  })
  board.state = { ...board.state, lagSeconds: 0, databaseReachable: false }
  expect(await get(web.url, '/readyz')).toMatchObject({ status: 503, body: { checks: { engine: false } } })
  board.state = { ...board.state, databaseReachable: true }
})

test('metrics count answers by route and tell the state of the engine and the links', async () => {
  await get(web.url, '/api/v1/schools/NOBODY')
  const { body } = await get(web.url, '/metrics')
  const text = String(body)
  expect(text).toMatch(
    /ioc_http_request_seconds_count\{method="GET",route="\/api\/v1\/schools\/:code",status="404"\} 1/,
  )
  expect(text).toContain('ioc_build_info{program="server",version="0.0.0-test"')
  expect(text).toContain('ioc_engine_messages_per_second 4')
  expect(text).toContain('ioc_live_sockets 0')
  expect(text).toContain('ioc_live_patches_total 0')
  expect(text).toContain('process_resident_memory_bytes')
  expect(text).not.toContain('NOBODY')
})

test('status asks the ingest how it is and what it found out about its broker, and says so when it does not answer', async () => {
  const part = async () => routes.status.reply.parse((await get(web.url, '/api/v1/status')).body).parts[2]
  expect(await part()).toEqual({
    name: 'ingest',
    ok: true,
    version: '9.9.9',
    detail: 'ready',
    findings: [ingestFinding],
  })
  ingestReady = false
  expect(await part()).toMatchObject({ ok: false, detail: 'not ready: {}' })
  await new Promise((resolve) => {
    ingest.close(resolve)
    ingest.closeAllConnections()
  })
  expect(await part()).toMatchObject({
    ok: false,
    version: '',
    detail: expect.stringContaining('does not answer'),
  })
})

test('several ingest programs are parts of their own, told apart by where they are', async () => {
  const { INGEST_URL } = ServerSettings.parse({
    DATABASE_URL: 'postgres://h/d',
    INGEST_URL: 'http://127.0.0.1:1, http://127.0.0.1:2',
  })
  const reports = await Promise.all(createIngestProbes(INGEST_URL).map((probe) => probe()))
  expect(reports.map(({ name, ok }) => [name, ok])).toEqual([
    ['ingest 127.0.0.1:1', false],
    ['ingest 127.0.0.1:2', false],
  ])
  expect(createIngestProbes(ServerSettings.parse({ DATABASE_URL: 'postgres://h/d' }).INGEST_URL)).toEqual([])
})
