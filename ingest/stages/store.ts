import type { Database, Queryable } from '../../shared/db/connect.ts'
import type { Batch, Letter, Row, Settled } from '../records.ts'
import { storeCheckins } from '../store/checkins.ts'
import type { Written } from '../store/columns.ts'
import { storeConnections } from '../store/connections.ts'
import { storeDeadLetters } from '../store/dead-letters.ts'
import { storeDescriptions } from '../store/descriptions.ts'
import { atOnce, type Guard, isDataError, isolating, type Writer } from '../store/isolate.ts'
import { storeReadings } from '../store/readings.ts'
import { holdRetried, settleRetried } from '../store/retried.ts'
import { storeRolls } from '../store/rolls.ts'
import { storeStatuses } from '../store/statuses.ts'

/**
 * One transaction for the whole batch: rows, current values, dead letters and the journal are there together or
 * not at all; so is the end of a dead message that is carried again. A row that the database refuses is found and becomes a dead letter; the others are stored.
 * @param now the clock at this moment, milliseconds since 1970
 * @throws whatever the database fails with, when the failure is not the data's: nothing is stored then.
 */
export async function store(batch: Batch<Row>, database: Database, now: number): Promise<Settled> {
  const attempt = (guard: Guard) => database.transaction((client) => storeAll(client, batch, guard, now))
  try {
    return await attempt(atOnce)
  } catch (error) {
    if (!isDataError(error)) throw error
    return attempt(isolating)
  }
}

async function storeAll(client: Queryable, batch: Batch<Row>, guard: Guard, now: number): Promise<Settled> {
  const { held, gone } = await holdRetried(client, batch.messages)
  const stored: Row[] = []
  const duplicates: (Row | Letter)[] = [...batch.duplicates]
  const letters: Letter[] = [...batch.letters]
  const rows = byKind(batch.records)
  const written = [
    await some(guard, client, rows.reading, storeReadings),
    await some(guard, client, rows.roll, storeRolls),
    await some(guard, client, rows.checkin, storeCheckins),
    await some(guard, client, rows.status, storeStatuses),
    await some(guard, client, rows.connection, (one, some) => storeConnections(one, some, now)),
  ]
  for (const part of written) {
    for (const row of part.stored) stored.push(row)
    for (const row of part.duplicates) duplicates.push(row)
    for (const one of part.letters) letters.push(one)
  }
  await storeDescriptions(client, batch.descriptions)
  // What another retry has dealt with does not come back from this one.
  const kept = letters.filter((one) => !gone.has(one.message))
  for (const one of letters) if (gone.has(one.message)) duplicates.push(one)
  await settleRetried(client, held, kept)
  await storeDeadLetters(client, kept)
  const { messages, descriptions, ignored, commands } = batch
  return { messages, stored, duplicates, letters: kept, descriptions, ignored, commands }
}

type ByKind = { [K in Row['kind']]: Extract<Row, { kind: K }>[] }

function byKind(records: readonly Row[]): ByKind {
  const rows: ByKind = { reading: [], roll: [], checkin: [], status: [], connection: [] }
  for (const row of records) (rows[row.kind] as Row[]).push(row)
  return rows
}

/** No statement is sent for a kind that the batch does not have. */
async function some<R extends Row>(
  guard: Guard,
  client: Queryable,
  rows: readonly R[],
  write: Writer<R>,
): Promise<Written<R>> {
  return rows.length === 0 ? { stored: [], duplicates: [], letters: [] } : guard(client, rows, write)
}
