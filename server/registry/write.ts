import type { Database, Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'

export interface Written {
  created: ReadonlySet<string>
  changed: ReadonlySet<string>
}

export interface ImportMode {
  /** Do everything, then take it back. */
  dryRun: boolean
  /** Write the good rows of a file with bad ones, in several transactions. */
  partial: boolean
}

export interface Writer<Row> {
  write(client: Queryable, chunk: readonly Row[]): Promise<Written>
  /** What can only be written when all rows are there; in the last transaction. */
  finish?(client: Queryable): Promise<Written>
}

/** Small enough that the embedded database, which serves one client at a time, is not held up. */
const ROWS_A_STATEMENT = 250
const BUMP_VERSION = sql(import.meta.url, './sql/bump-version.sql')

class TakenBack extends Error {}

/**
 * Runs the writing of an import: in one transaction, or with `partial` in one for each chunk of rows. The
 * registry's version is raised in the same transaction as the rows, where any of them really changed.
 */
export async function writeInChunks<Row>(
  database: Database,
  rows: readonly Row[],
  mode: ImportMode,
  writer: Writer<Row>,
  onWritten: (rows: number) => void,
): Promise<{ created: number; changed: number }> {
  const created = new Set<string>()
  const changed = new Set<string>()
  const note = (written: Written) => {
    for (const code of written.created) created.add(code)
    for (const code of written.changed) if (!created.has(code)) changed.add(code)
    return written.created.size + written.changed.size > 0
  }
  const chunks: (readonly Row[])[] = []
  for (let i = 0; i < rows.length; i += ROWS_A_STATEMENT) chunks.push(rows.slice(i, i + ROWS_A_STATEMENT))
  // A dry run takes all back at its end, so it has to be one transaction.
  const transactions = mode.partial && !mode.dryRun ? chunks.map((chunk) => [chunk]) : [chunks]
  for (const [i, part] of transactions.entries()) {
    await inTransaction(database, mode.dryRun, async (client) => {
      let differs = false
      for (const chunk of part) {
        differs = note(await writer.write(client, chunk)) || differs
        onWritten(chunk.length)
      }
      if (i === transactions.length - 1 && writer.finish)
        differs = note(await writer.finish(client)) || differs
      if (differs) await client.query(BUMP_VERSION)
    })
  }
  return { created: created.size, changed: changed.size }
}

async function inTransaction(
  database: Database,
  takeBack: boolean,
  work: (client: Queryable) => Promise<void>,
): Promise<void> {
  try {
    await database.transaction(async (client) => {
      await work(client)
      if (takeBack) throw new TakenBack()
    })
  } catch (error) {
    if (!(error instanceof TakenBack)) throw error
  }
}
