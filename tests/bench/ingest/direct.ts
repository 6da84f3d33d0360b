import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { doubleArray, intArray, smallintArray, timestampArray } from '../../../ingest/store/binary-columns.ts'
import { type Rows, rowsOf } from './rows.ts'

/** One program that stores the rows by itself, without a broker: the ceiling, and the ways of storing compared. */
export type DirectWay = 'unnest' | 'unnest-conflict' | 'copy' | 'copy-conflict'

/** Messages of one transaction. */
const MESSAGES_PER_TRANSACTION = 4_000

const INSERT = `insert into reading (device_id, metric_id, ts, value, quality)
  select * from unnest($1::int[], $2::smallint[], $3::timestamptz[], $4::float8[], $5::smallint[])`

/** Seconds it takes to store `messages` messages of four values. */
export async function storeDirectly(
  databaseUrl: string,
  way: DirectWay,
  messages: number,
  deviceIds: readonly number[],
  from: number,
): Promise<number> {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  const started = performance.now()
  for (let first = 0; first < messages; first += MESSAGES_PER_TRANSACTION) {
    const rows = rowsOf(first, Math.min(messages, first + MESSAGES_PER_TRANSACTION), deviceIds, from)
    if (way === 'unnest') await client.query(INSERT, columns(rows))
    else if (way === 'unnest-conflict') await client.query(`${INSERT} on conflict do nothing`, columns(rows))
    else if (way === 'copy') await copy(client, 'reading', rows)
    else {
      await client.query('begin')
      await client.query('create temp table given (like reading) on commit drop')
      await copy(client, 'given', rows)
      await client.query('insert into reading select * from given on conflict do nothing')
      await client.query('commit')
    }
  }
  const seconds = (performance.now() - started) / 1000
  await client.end()
  return seconds
}

function columns(rows: Rows): Buffer[] {
  return [
    intArray(rows.devices),
    smallintArray(rows.metrics),
    timestampArray(rows.times),
    doubleArray(rows.values),
    smallintArray(rows.qualities),
  ]
}

function copy(client: pg.Client, table: string, rows: Rows): Promise<void> {
  const lines: string[] = []
  for (let n = 0; n < rows.devices.length; n++) {
    const ts = new Date(rows.times[n]!).toISOString()
    lines.push(`${ts}\t${rows.devices[n]}\t${rows.metrics[n]}\t${rows.values[n]}\t${rows.qualities[n]}\n`)
  }
  return new Promise((resolve, reject) => {
    const stream = client.query(
      copyFrom(`copy ${table} (ts, device_id, metric_id, value, quality) from stdin`),
    )
    stream.on('error', reject)
    stream.on('finish', () => resolve())
    stream.end(lines.join(''))
  })
}
