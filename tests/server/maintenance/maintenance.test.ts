import { afterAll, beforeAll, expect, test } from 'vitest'
import { createMaintenance, type Maintenance } from '../../../server/maintenance/create-maintenance.ts'
import { giveLeaseBack, takeLease } from '../../../server/maintenance/lease.ts'
import { DAY_MS, MINUTE_MS } from '../../../shared/domain/time.ts'
import { createTestDatabase, silentLog, type TestDatabase } from '../../helpers/database.ts'
import { HandClock, METRIC, seedProvince, type TestProvince, writeReadings } from '../harness.ts'

const NOW = Date.parse('2026-11-23T02:00:30+07:00')
const HOUR_MS = 60 * MINUTE_MS

let db: TestDatabase
let province: TestProvince
const clock = new HandClock(NOW)
const late: number[] = []
const lateHours = { take: () => late.splice(0) }

beforeAll(async () => {
  db = await createTestDatabase()
  province = await seedProvince(db.database, { schools: 2, rooms: 2 })
})
afterAll(() => db.drop())

const own = () => createMaintenance({ database: db.database, clock, log: silentLog, mode: 'own', lateHours })

async function write(at: number, value: number): Promise<void> {
  const readings = province.schools.flatMap((school) =>
    school.rooms.map((device) => ({ device, metric: METRIC.co2, at, value })),
  )
  await writeReadings(db.database, readings)
}

/** Rows really materialised, not computed on the fly. */
async function materialized(view: string): Promise<{ n: number; total: number }> {
  const { rows } = await db.database.query<{ schema: string; name: string }>(
    `select materialization_hypertable_schema as schema, materialization_hypertable_name as name
      from timescaledb_information.continuous_aggregates where view_name = $1`,
    [view],
  )
  const counted = await db.database.query<{ n: number; total: number }>(
    `select count(*) as n, coalesce(sum(total), 0) as total from "${rows[0]!.schema}"."${rows[0]!.name}"`,
  )
  return counted.rows[0]!
}

/** Calls rounds until the condition holds. */
async function until(maintenance: Maintenance, holds: () => Promise<boolean>): Promise<void> {
  for (let n = 0; n < 60; n++) {
    await maintenance.round()
    if (await holds()) return
  }
  throw new Error('the condition never held')
}

const reportOf = (maintenance: ReturnType<typeof own>, task: string) =>
  maintenance.report().tasks.find((found) => found.task === task)

test('minutes are materialised up to a minute ago, and coarser buckets once they are over', async () => {
  const maintenance = own()
  for (let minute = 150; minute >= 0; minute--) await write(NOW - minute * MINUTE_MS, 600)
  await until(maintenance, async () => (await materialized('reading_1h')).n > 0)
  await maintenance.round()
  // 150 minutes of 4 rooms: the last whole minute ended half a minute ago and is not due yet.
  expect(await materialized('reading_1m')).toMatchObject({ n: 149 * 4, total: 149 * 4 * 600 })
  expect((await materialized('reading_5m')).n).toBeGreaterThan(0)
  // Of the hours from half past eleven on those from 23 and from 0 are over for certain; 4 rooms measured in each.
  expect((await materialized('reading_1h')).n).toBe(2 * 4)
  expect(reportOf(maintenance, 'refresh')).toMatchObject({ outcome: 'ok' })
  await maintenance.stop()
})

test('an hour that late data came for is refreshed again', async () => {
  const maintenance = own()
  await maintenance.round()
  const before = await materialized('reading_1m')
  const hour = Math.floor((NOW - 2 * HOUR_MS) / HOUR_MS) * HOUR_MS
  await write(hour + 45 * MINUTE_MS + 1, 900)
  late.push(hour)
  const again = own()
  await maintenance.stop()
  await until(again, async () => (await materialized('reading_1m')).total === before.total + 4 * 900)
  await until(again, async () => {
    const { rows } = await db.database.query<{ total: number }>(
      'select sum(total) as total from reading_1h where bucket = $1',
      [new Date(hour)],
    )
    const raw = await db.database.query<{ total: number }>(
      'select sum(value) as total from reading where ts >= $1 and ts < $2',
      [new Date(hour), new Date(hour + HOUR_MS)],
    )
    return rows[0]!.total === raw.rows[0]!.total
  })
  await again.stop()
})

test('at night old chunks are dropped, chunks of some days ago are compressed, old rows go', async () => {
  await write(NOW - 100 * DAY_MS, 500)
  await write(NOW - 5 * DAY_MS, 510)
  const old = new Date(NOW - 800 * DAY_MS)
  await db.database.query(
    `insert into event (at, kind, severity, area_id, params, simulated)
      select $1, 'power-lost', 'info', min(id), '{}', true from area`,
    [old],
  )
  const maintenance = own()
  await maintenance.round()
  const oldest = await db.database.query<{ first: Date }>('select min(ts) as first from reading')
  expect(oldest.rows[0]!.first).toEqual(new Date(NOW - 5 * DAY_MS))
  const chunks = await db.database.query<{ is_compressed: boolean }>(
    `select is_compressed from timescaledb_information.chunks
      where hypertable_name = 'reading' and range_end < $1`,
    [new Date(NOW - 2 * DAY_MS)],
  )
  expect(chunks.rows).toEqual([{ is_compressed: true }])
  expect((await db.database.query('select from event')).rowCount).toBe(0)
  for (const task of ['drop reading', 'compress reading', 'delete event']) {
    expect(reportOf(maintenance, task), task).toMatchObject({ outcome: 'ok' })
  }
  await maintenance.stop()
})

test('a duplicate of a reading in a compressed chunk is still a duplicate', async () => {
  const before = await db.database.query('select from reading')
  await write(NOW - 5 * DAY_MS, 511)
  expect((await db.database.query('select from reading')).rowCount).toBe(before.rowCount)
})

test('the journal is pruned up to what the engine has read, and keeps the row the engine stands on', async () => {
  await db.database.query('delete from journal')
  for (let n = 0; n < 5; n++) await write(NOW - n * 1000, 600)
  const { rows } = await db.database.query<{ xid: string; seq: string }>(
    'select xid::text, seq::text from journal order by xid, seq',
  )
  await db.database.query(`update journal set at = now() - interval '2 days'`)
  await db.database.query(
    `insert into engine_position (xid, seq, closed_slot, saved_at) values ($1::text::xid8, $2::bigint, $3, $3)
      on conflict (only_row) do update set xid = excluded.xid, seq = excluded.seq`,
    [rows[2]!.xid, rows[2]!.seq, new Date(NOW)],
  )
  const maintenance = own()
  await maintenance.round()
  const left = await db.database.query<{ seq: string }>('select seq::text from journal order by xid, seq')
  expect(left.rows.map((row) => row.seq)).toEqual(rows.slice(2).map((row) => row.seq))
  await maintenance.stop()
})

test('a second server leaves the work to the first, until the first gives it up', async () => {
  expect(await takeLease(db.database, 'first')).toBe(true)
  expect(await takeLease(db.database, 'first')).toBe(true)
  expect(await takeLease(db.database, 'second')).toBe(false)
  const maintenance = own()
  await maintenance.round()
  expect(maintenance.report().tasks).toEqual([])
  await giveLeaseBack(db.database, 'first')
  expect(await takeLease(db.database, 'second')).toBe(true)
  await giveLeaseBack(db.database, 'second')
})

test.skipIf(!process.env['TEST_DATABASE_URL'])(
  'on a server the policies of TimescaleDB are installed, and installing them again changes nothing',
  async () => {
    const jobs = async () => {
      const { rows } = await db.database.query<{ job: string }>(
        `select proc_name || ' ' || coalesce(hypertable_name, '') || ' ' || config::text as job
          from timescaledb_information.jobs where proc_schema = '_timescaledb_functions' and hypertable_name is not null order by 1`,
      )
      return rows.map((row) => row.job.replace(/"mat_hypertable_id": \d+|"hypertable_id": \d+/g, ''))
    }
    for (let twice = 0; twice < 2; twice++) {
      const maintenance = createMaintenance({
        database: db.database,
        clock,
        log: silentLog,
        mode: 'auto',
        lateHours,
      })
      await maintenance.start()
      expect(maintenance.report().mode).toBe('policies')
      await maintenance.stop()
      const found = await jobs()
      expect(found.filter((job) => job.includes('policy_refresh_continuous_aggregate'))).toHaveLength(4)
      expect(found.filter((job) => job.includes('policy_retention'))).toHaveLength(10)
      expect(found.filter((job) => job.includes('policy_compression'))).toHaveLength(2)
    }
  },
)
