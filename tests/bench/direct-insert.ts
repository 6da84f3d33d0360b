import type { Database } from '../../shared/db/connect.ts'
import { type Summary, summarise } from './statistics.ts'

/** The plainest alternative: one program, no broker, one row a statement, one after the other. Milliseconds each. */
export async function insertDirectly(database: Database, seconds: number): Promise<Summary> {
  await database.query(
    'create table if not exists bench_direct (at timestamptz not null, value double precision not null)',
  )
  const waits: number[] = []
  for (const until = Date.now() + seconds * 1000; Date.now() < until; ) {
    const since = performance.now()
    await database.query('insert into bench_direct values (clock_timestamp(), $1)', [Math.random()])
    waits.push(performance.now() - since)
  }
  await database.query('drop table bench_direct')
  return summarise(waits)
}
