import { afterAll, beforeAll, expect, test } from 'vitest'
import { routes } from '../../../shared/contract/http.ts'
import { formatClock } from '../../../shared/node/clock.ts'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { startServer } from '../app-harness.ts'
import { forkServer, type ServerProcess } from '../http/server-process.ts'
import { get } from '../http/web-harness.ts'
import { NOW, seedSchools } from '../routes/fixture.ts'
import { WallClient } from './wall-client.ts'

let database: TestDatabase
const clock = { real: Date.now(), shown: NOW, speed: 1 }

beforeAll(async () => {
  database = await createTestDatabase()
  await seedSchools(database.database)
})
afterAll(() => database.drop())

/** A roll of class 1A of THV this morning, stored as ingest stores it: rows and journal in one transaction. */
async function storeRoll(revision: number, present: number): Promise<void> {
  await database.database.transaction(async (client) => {
    const at = new Date(NOW + revision * 1_000)
    const { rows } = await client.query<{ id: number }>(`select id from school where code = 'THV'`)
    const school = rows[0]!.id
    const counts = [40, present, 0, 40 - present, 0]
    await client.query(
      `insert into roll (school_id, day, session, class, revision, message_id, enrolled, present, late, excused, unexcused, consistent, taken_at, received_at)
        values ($1, '2026-11-23', 'morning', '1A', $2, $3, $4, $5, $6, $7, $8, true, $9, $9)`,
      [school, revision, `roll-${revision}`, ...counts, at],
    )
    await client.query(`delete from roll_current where school_id = $1`, [school])
    await client.query(
      `insert into roll_current (school_id, day, session, class, revision, enrolled, present, late, excused, unexcused, consistent, taken_at, received_at)
        values ($1, '2026-11-23', 'morning', '1A', $2, $3, $4, $5, $6, $7, true, $8, $8)`,
      [school, revision, ...counts, at],
    )
    await client.query(`insert into journal (kind, messages, school_ids, body) values ('rolls', 1, $1, $2)`, [
      [school],
      JSON.stringify([{ day: '2026-11-23', school }]),
    ])
  })
}

const attendance = (wall: WallClient, area = '412') =>
  wall.screen?.areas.get(area)?.get('attendance-rate:morning')?.value

test('a roll committed to the database reaches the wall through the engine, and every answer agrees', async () => {
  const server = await startServer({ databaseUrl: database.url, clock })
  const wall = new WallClient(server.url)
  try {
    await wall.watch('40')
    await storeRoll(1, 30)
    await expect.poll(() => attendance(wall), { timeout: 5_000 }).toBe(75)
    expect(attendance(wall, '40')).toBe(75)
    const { body } = await get(server.url, '/api/v1/indicators/attendance-rate?area=412')
    expect(body).toMatchObject({ values: [{ period: 'morning', value: 75 }, { period: 'afternoon' }] })
    expect((await get(server.url, '/readyz')).status).toBe(200)
    const status = routes.status.reply.parse((await get(server.url, '/api/v1/status')).body)
    expect(status.parts.map(({ name, ok }) => [name, ok])).toEqual([
      ['server', true],
      ['database', true],
      ['maintenance', true],
    ])
    expect(status.walls).toBe(1)
  } finally {
    wall.close()
    await server.stop()
  }
})

test('after kill -9 of the server and a change meanwhile, the wall ends in the screen of a fresh snapshot', async () => {
  const first = await startServer({ databaseUrl: database.url, clock })
  const { port, origin } = new URL(first.url)
  await first.stop()
  const run = () => forkServer({ DATABASE_URL: database.url, PORT: port, IOC_CLOCK: formatClock(clock) })
  let server: ServerProcess = run()
  await server.said
  const wall = new WallClient(origin)
  try {
    await wall.watch('40')
    server.child.kill('SIGKILL')
    await server.exit
    await storeRoll(2, 20)
    server = run()
    await server.said
    await expect.poll(() => attendance(wall), { timeout: 10_000 }).toBe(50)
    await storeRoll(3, 34)
    await expect.poll(() => attendance(wall), { timeout: 5_000 }).toBe(85)
    const fresh = new WallClient(origin)
    await fresh.watch('40')
    await expect.poll(() => wall.screen!.seq).toBe(fresh.screen!.seq)
    expect(wall.screen!.areas).toEqual(fresh.screen!.areas)
    expect(wall.screen!.events).toEqual(fresh.screen!.events)
    fresh.close()
  } finally {
    wall.close()
    server.child.kill('SIGTERM')
    await server.exit
  }
})
