import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ServerSettings } from '../../../server/config.ts'
import { readConfig } from '../../../shared/node/config.ts'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { forkServer } from './server-process.ts'
import { get } from './web-harness.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

async function takenPort() {
  const holder = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => holder.once('listening', resolve))
  const { port } = holder.address() as AddressInfo
  return { port, free: () => new Promise((resolve) => holder.close(resolve)) }
}

test('settings have defaults for everything but the database, and say what each is', () => {
  expect(readConfig(ServerSettings, { DATABASE_URL: 'postgres://h/d' })).toMatchObject({
    PORT: 3000,
    HOST: '127.0.0.1',
    LOG_LEVEL: 'info',
    IOC_MAINTENANCE: 'auto',
  })
  for (const setting of Object.values(ServerSettings.shape)) expect(setting.description).toBeTruthy()
})

test.each([
  [{ DATABASE_URL: '' }, 'DATABASE_URL'],
  [{ DATABASE_URL: 'mysql://h/d' }, 'postgres://user:password@host:port/name'],
  [{ DATABASE_URL: 'postgres://h/d', PORT: '70000' }, 'PORT="70000"'],
  [{ DATABASE_URL: 'postgres://h/d', IOC_MAINTENANCE: '0' }, 'IOC_MAINTENANCE="0"'],
  [{ DATABASE_URL: 'postgres://h/d', INGEST_URL: 'localhost' }, 'http://host:port of the ingest program'],
])('settings %j are refused, naming what is wrong', (environment, named) => {
  expect(() => readConfig(ServerSettings, environment)).toThrow(named)
})

describe('the program', () => {
  test('says it is ready, serves, and ends in good order when told to', async () => {
    const { port, free } = await takenPort()
    await free()
    const server = forkServer({ DATABASE_URL: database.url, PORT: `${port}` })
    expect(await server.said).toEqual({ ready: true })
    const url = `http://127.0.0.1:${port}`
    expect(await get(url, '/healthz')).toMatchObject({ status: 200 })
    await expect.poll(() => get(url, '/readyz'), { timeout: 5_000 }).toMatchObject({ status: 200 })
    const asked = Date.now()
    server.child.kill('SIGTERM')
    expect(await server.exit).toBe(0)
    expect(Date.now() - asked).toBeLessThan(3_000)
  })

  test('refuses a taken port in one sentence with its exit code', async () => {
    const { port, free } = await takenPort()
    const server = forkServer({ DATABASE_URL: database.url, PORT: `${port}` })
    expect(await server.said).toMatchObject({ failed: { code: 'port-taken', exit: 69 } })
    expect(await server.exit).toBe(69)
    await free()
  })

  test('refuses a bad setting before touching anything', async () => {
    const server = forkServer({ DATABASE_URL: database.url, PORT: 'three' })
    expect(await server.said).toMatchObject({ failed: { code: 'bad-setting' } })
    expect(await server.exit).toBe(64)
  })
})
