import { z } from 'zod'
import type { Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'

/** A timestamp of the database as a moment on the wire. */
export const Timestamp = z.date().transform((date) => date.toISOString())

/**
 * One question to the database: its text from `name`.sql, its rows parsed. Made once at import of the module
 * that asks; a wrong name fails then.
 */
export function question<S extends z.ZodType>(name: string, row: S) {
  const text = sql(import.meta.url, `./${name}.sql`)
  const parser = z.array(row)
  return async (database: Queryable, values: readonly unknown[]): Promise<z.output<S>[]> => {
    const { rows } = await database.query(text, [...values])
    return parser.parse(rows)
  }
}
