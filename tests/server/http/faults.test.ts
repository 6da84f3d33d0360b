import type { AddressInfo } from 'node:net'
import { createServer, type Server } from 'node:net'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ErrorReply, routes } from '../../../shared/contract/http.ts'
import { HandBoard, indicatorValue } from '../live/hand-board.ts'
import { get, startTestWeb, type Web } from './web-harness.ts'

const lines: string[] = []
const log = pino(
  { level: 'debug' },
  new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  }),
)
const board = new HandBoard()
let web: Web
let taken: Server

beforeAll(async () => {
  // Nobody listens at the database's port: taken once, then closed again.
  taken = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => taken.once('listening', resolve))
  const { port } = taken.address() as AddressInfo
  await new Promise((resolve) => taken.close(resolve))
  web = await startTestWeb({ board, databaseUrl: `postgres://postgres@127.0.0.1:${port}/postgres`, log })
})
afterAll(() => web.stop())

test('without a database, what needs it is answered 503 with a time to try again', async () => {
  const { status, body, headers } = await get(web.url, '/api/v1/areas')
  expect({ status, code: ErrorReply.parse(body).code, retry: headers.get('retry-after') }).toEqual({
    status: 503,
    code: 'unavailable',
    retry: '5',
  })
})

test('without a database, indicators are still served from memory and status says what is wrong', async () => {
  expect((await get(web.url, '/api/v1/indicators')).status).toBe(200)
  const { status, body } = await get(web.url, '/api/v1/status')
  expect(status).toBe(200)
  expect(routes.status.reply.parse(body).parts[1]).toMatchObject({ name: 'database', ok: false })
})

test('readiness names the check that fails, while health goes on', async () => {
  const { status, body } = await get(web.url, '/readyz')
  expect(status).toBe(503)
  expect(body).toMatchObject({ ready: false, checks: { database: false, engine: true } })
  expect(await get(web.url, '/healthz')).toMatchObject({ status: 200, body: { ok: true } })
})

test('a fault inside is answered 500 without its details, under a reference the log has too', async () => {
  const broken = { ...indicatorValue('attendance-rate', 97), status: 'purple' as 'ok' }
  board.set('administrative', '40', [broken])
  const { status, body } = await get(web.url, '/api/v1/indicators?tree=administrative')
  expect(status).toBe(500)
  const { code, message } = ErrorReply.parse(body)
  expect(code).toBe('internal')
  expect(message).not.toContain('purple')
  const reference = /under ([0-9a-f-]{36})\./.exec(message)![1]!
  const line = lines.find((one) => one.includes(reference))
  expect(line).toContain('/api/v1/indicators')
})

test('the log names routes, never what people searched for', async () => {
  await get(web.url, '/api/v1/schools?search=secret-name')
  await get(web.url, '/api/v1/schools/secret-code')
  await expect
    .poll(() => lines.filter((line) => line.includes('/api/v1/schools/:code')).length)
    .toBeGreaterThan(0)
  expect(lines.filter((line) => line.includes('secret'))).toEqual([])
})

test('a taken port is refused with the setting to change', async () => {
  const port = Number(new URL(web.url).port)
  await expect(
    startTestWeb({ board, databaseUrl: 'postgres://127.0.0.1:1/none', port }),
  ).rejects.toMatchObject({
    code: 'port-taken',
    message: `Port ${port} on 127.0.0.1 is taken by another program: stop that one, or set PORT to a free port.`,
  })
})
