import pg from 'pg'
import { coerceError, errorCode, IocError } from '../node/errors.ts'
import type { Logger } from '../node/log.ts'

/** Anything that runs SQL: a pool, or a client inside a transaction. */
export interface Queryable {
  query<R extends pg.QueryResultRow = pg.QueryResultRow>(
    text: string,
    values?: unknown[],
  ): Promise<pg.QueryResult<R>>
}

export interface Database extends Queryable {
  /** Runs `work` in one transaction; commits when it resolves, rolls back when it throws. */
  transaction<T>(work: (client: Queryable) => Promise<T>): Promise<T>
  end(): Promise<void>
  /** For messages: host, port and name, never the password. */
  readonly target: string
}

export interface ConnectOptions {
  url: string
  /** Shown in pg_stat_activity. */
  program: string
  connections: number
  /** No statement of ours is meant to take longer. */
  statementTimeoutMs: number
  log: Logger
}

// Counts and sums come as bigint or numeric; ours stay far below 2^53. Dates stay text: a day has no zone.
const INT8 = 20
const NUMERIC = 1700
const DATE = 1082
const types = new pg.TypeOverrides()
types.setTypeParser(INT8, Number)
types.setTypeParser(NUMERIC, Number)
types.setTypeParser(DATE, (text: string) => text)

/** Opens a pool. Nothing is sent until the first query. Sessions are UTC; no named statements are used. */
export function connect(options: ConnectOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.connections,
    application_name: options.program,
    connectionTimeoutMillis: 10_000,
    query_timeout: options.statementTimeoutMs,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    types,
    options: '-c TimeZone=UTC',
  })
  // An idle connection that breaks emits here; without a listener it would end the process.
  pool.on('error', (error) => options.log.warn({ error: error.message }, 'an idle database connection broke'))
  return {
    target: describeTarget(options.url),
    query: (text, values) => pool.query(text, values),
    transaction: (work) => inTransaction(pool, work),
    end: () => pool.end(),
  }
}

async function inTransaction<T>(pool: pg.Pool, work: (client: Queryable) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  // A connection that breaks also tells its client, not only the statement under way; unheard, that ends the process.
  const onError = (error: Error) => {
    broken = error
  }
  client.on('error', onError)
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch((failure: unknown) => {
      broken = coerceError(failure)
    })
    throw error
  } finally {
    client.off('error', onError)
    client.release(broken)
  }
}

/** host:port/name of a connection string. */
export function describeTarget(url: string): string {
  try {
    const { hostname, port, pathname } = new URL(url)
    return `${hostname}:${port || '5432'}${pathname}`
  } catch {
    return 'an address that cannot be read'
  }
}

/** SQLSTATE classes after which the same work may succeed if tried again: lost links, shutdown, locks, space. */
const PASSING_CLASSES = ['08', '53', '55', '57', '40']
const PASSING_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  '25P03',
  '58030',
])

/** Whether the failure is of the moment (try again), not of the data (give up on that row). */
export function isPassing(thrown: unknown): boolean {
  const code = errorCode(thrown)
  if (code === undefined) return /connection|timeout|terminated/i.test(coerceError(thrown).message)
  return (
    PASSING_CODES.has(code) || PASSING_CLASSES.some((start) => code.startsWith(start) && code.length === 5)
  )
}

/** Whether this is the embedded database: one session, shared by all its clients in turn. */
export async function isEmbedded(database: Queryable): Promise<boolean> {
  const { rows } = await database.query<{ embedded: boolean }>(`select version() ~* 'emscripten' as embedded`)
  return rows[0]!.embedded
}

/** Whether the database has no space left (SQLSTATE disk_full): it answers questions, and can store nothing. */
export function isDiskFull(thrown: unknown): boolean {
  return errorCode(thrown) === '53100'
}

/** Waits until the database answers. @throws IocError database-unreachable after `patienceMs`. */
export async function awaitDatabase(database: Database, patienceMs: number): Promise<void> {
  const until = Date.now() + patienceMs
  for (;;) {
    try {
      await database.query('select 1')
      return
    } catch (thrown) {
      if (!isPassing(thrown) || Date.now() >= until) {
        throw new IocError(
          'database-unreachable',
          { target: database.target, why: coerceError(thrown).message },
          { cause: thrown },
        )
      }
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  }
}
