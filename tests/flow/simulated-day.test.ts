import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { IndicatorValue } from '../../shared/contract/indicator.ts'
import { dayOf, minuteOfDay } from '../../shared/domain/time.ts'
import { createClock, parseClock } from '../../shared/node/clock.ts'
import { runOnce } from '../../standalone/run-once.ts'
import { createServerDatabase } from '../helpers/server-database.ts'
import { runStandalone, type Standalone } from '../helpers/standalone.ts'

/** A whole school day of the simulator in two minutes, and then the books: stored sums against raw rows. */
const SPEED = 400
const root = mkdtempSync(join(tmpdir(), 'ioc-day-'))
let one: Standalone | undefined

afterAll(async () => {
  one?.process.kill('SIGTERM')
  await one?.ended
  rmSync(root, { recursive: true, force: true })
})

test('after a simulated day every stored indicator is what the raw rows say', {
  timeout: 400_000,
}, async () => {
  const server = process.env['TEST_DATABASE_URL']
  const own = server ? await createServerDatabase(server) : undefined
  const folder = join(root, 'data')
  one = await runStandalone(folder, {
    SIM_SCHOOLS: '60',
    SIM_SPEED: `${SPEED}`,
    SIM_CLOCK: '06:30',
    ...(own ? { DATABASE_URL: own.url } : {}),
  })
  await one.ready
  const databaseUrl = own?.url ?? one.databaseUrl
  const clock = createClock(parseClock(readFileSync(join(folder, 'clock'), 'utf8')))
  const day = dayOf(clock.now())
  while (dayOf(clock.now()) === day && minuteOfDay(clock.now()) < 17 * 60 + 30) {
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  const reply = await fetch(`${one.httpUrl}/api/v1/indicators?area=40`)
  const { values } = (await reply.json()) as { values: IndicatorValue[] }
  const rate = values.find((value) => value.indicator === 'attendance-rate' && value.period === 'morning')
  expect(rate?.value).toBeGreaterThan(85)
  expect(rate?.value).toBeLessThan(100)
  const metrics = await (await fetch(`${one.ingestUrl}/metrics`)).text()
  const sum = (name: string) =>
    [...metrics.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\d+)`, 'gm'))].reduce(
      (total, match) => total + Number(match[1]),
      0,
    )
  expect(sum('ioc_ingest_received_total')).toBe(
    sum('ioc_ingest_stored_total') +
      sum('ioc_ingest_duplicate_total') +
      sum('ioc_ingest_dead_letter_total') +
      sum('ioc_ingest_in_flight'),
  )
  expect(sum('ioc_ingest_dead_letter_total')).toBe(0)

  // Rejects with the table of differences when there is one.
  await runOnce('server/recompute/recompute-main.ts', ['--date', day], {
    DATABASE_URL: databaseUrl,
    DATA_DIR: folder,
  })
  one.process.kill('SIGTERM')
  expect(await one.ended).toBe(0)
  await own?.drop()
})
