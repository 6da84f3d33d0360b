import { afterAll, beforeAll, expect, test } from 'vitest'
import { SystemStateSource } from '../../../server/live/system-state.ts'
import { SystemState } from '../../../shared/contract/live.ts'
import { createTestDatabase, silentLog, type TestDatabase } from '../../helpers/database.ts'
import { addDeadMessage } from '../../helpers/dead-letters.ts'
import { NOW } from '../routes/fixture.ts'
import { HandBoard } from './hand-board.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const keepDeadLetter = (at: number) => addDeadMessage(database.database, { at: new Date(at) })
const source = (now: () => number) =>
  new SystemStateSource({
    board: new HandBoard(),
    clock: { now },
    clockSetting: { real: 1_000, shown: 2_000, speed: 60 },
    database: database.database,
    log: silentLog,
    version: '1.2.3',
  })

test('the state says which clock is shown, what is simulated, and which version this is', async () => {
  const state = source(() => NOW).current()
  expect(SystemState.parse(state)).toEqual(state)
  expect(state).toMatchObject({
    clock: { simulated: true, anchorReal: 1_000, anchorShown: 2_000, speed: 60 },
    simulatedSchools: 2,
    newestDataAt: '2026-11-23T01:00:00.000Z',
    databaseReachable: true,
    version: '1.2.3',
  })
})

test('dead letters are those since midnight in the province, and none once the day has turned', async () => {
  await keepDeadLetter(Date.parse('2026-11-22T23:59:59+07:00'))
  await keepDeadLetter(Date.parse('2026-11-23T00:00:00+07:00'))
  await keepDeadLetter(NOW - 1_000)
  let now = NOW
  const state = source(() => now)
  await state.start()
  try {
    expect(state.current().deadLettersToday).toBe(2)
    now = Date.parse('2026-11-24T00:00:01+07:00')
    expect(state.current().deadLettersToday).toBe(0)
  } finally {
    state.stop()
  }
})
