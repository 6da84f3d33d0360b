import type { Queryable } from '../../shared/db/connect.ts'
import { coerceError, errorCode } from '../../shared/node/errors.ts'
import { letter, type Row } from '../records.ts'
import type { Written } from './columns.ts'

/** Stores the rows of one kind with one statement. */
export type Writer<R extends Row> = (client: Queryable, rows: readonly R[]) => Promise<Written<R>>

/** SQLSTATE classes that blame the data: bad values, broken constraints, limits of the program (an index entry). */
const DATA_CLASSES = ['22', '23', '54']

export function isDataError(error: unknown): boolean {
  const code = errorCode(error)
  return code?.length === 5 && DATA_CLASSES.includes(code.slice(0, 2))
}

/** How rows are given to their writer: all at once, or so that a poisonous one is found. */
export type Guard = <R extends Row>(
  client: Queryable,
  rows: readonly R[],
  write: Writer<R>,
) => Promise<Written<R>>

export const atOnce: Guard = (client, rows, write) => write(client, rows)

/**
 * Halves the rows at every data error until the poisonous ones stand alone; they become dead letters and the rest
 * is stored. Each attempt is a savepoint, so that all of it stays one transaction.
 */
export const isolating: Guard = async (client, rows, write) => {
  await client.query('savepoint attempt')
  try {
    const written = await write(client, rows)
    await client.query('release savepoint attempt')
    return written
  } catch (error) {
    if (!isDataError(error)) throw error
    await client.query('rollback to savepoint attempt')
    await client.query('release savepoint attempt')
    const [only] = rows
    if (rows.length === 1 && only) {
      const detail = `${errorCode(error)}: ${coerceError(error).message}`.slice(0, 300)
      const about = { field: only.path.replace(/\.$/, '') || null, value: '', detail, school: only.school }
      return { stored: [], duplicates: [], letters: [letter(only.message, 'poison', about)] }
    }
    const half = Math.ceil(rows.length / 2)
    const first = await isolating(client, rows.slice(0, half), write)
    const second = await isolating(client, rows.slice(half), write)
    return {
      stored: [...first.stored, ...second.stored],
      duplicates: [...first.duplicates, ...second.duplicates],
      letters: [...first.letters, ...second.letters],
    }
  }
}
