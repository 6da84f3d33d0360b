import type { Database } from '../../shared/db/connect.ts'
import { AGGREGATES } from './aggregates.ts'
import { LOOK_BACK_MS } from './refresh.ts'
import type { Retention } from './retention.ts'

const MINUTE_MS = 60_000

/**
 * Leaves refreshing, compressing and dropping to TimescaleDB's own jobs, as shared/data/retention.json says.
 * Each policy is made anew, so that a changed file counts; running jobs are not disturbed.
 */
export async function installPolicies(database: Database, retention: Retention): Promise<void> {
  for (const { view, bucketMs, mostMs } of AGGREGATES) {
    await database.transaction(async (client) => {
      await client.query('select remove_continuous_aggregate_policy($1::regclass, if_exists => true)', [view])
      await client.query(
        `select add_continuous_aggregate_policy($1::regclass, start_offset => $2::text::interval,
          end_offset => $3::text::interval, schedule_interval => $4::text::interval)`,
        [
          view,
          interval(LOOK_BACK_MS + 3 * bucketMs),
          interval(Math.max(bucketMs, MINUTE_MS)),
          interval(Math.min(bucketMs, mostMs)),
        ],
      )
    })
  }
  for (const table of retention.tables) {
    if (table.kind === 'rows') continue
    await database.transaction(async (client) => {
      await client.query('select remove_retention_policy($1::regclass, if_exists => true)', [table.table])
      await client.query('select add_retention_policy($1::regclass, drop_after => $2::text::interval)', [
        table.table,
        `${table.keepDays} days`,
      ])
      if (table.compressAfterDays === undefined) return
      await client.query('select remove_compression_policy($1::regclass, if_exists => true)', [table.table])
      await client.query(
        'select add_compression_policy($1::regclass, compress_after => $2::text::interval)',
        [table.table, `${table.compressAfterDays} days`],
      )
    })
  }
}

function interval(milliseconds: number): string {
  return `${Math.round(milliseconds / 1000)} seconds`
}
