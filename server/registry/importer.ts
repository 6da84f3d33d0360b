import type { Database } from '../../shared/db/connect.ts'
import type { Clock } from '../../shared/node/clock.ts'
import type { Progress } from '../../shared/node/progress.ts'
import { readAliasHolders } from './aliases.ts'
import { readContext } from './context.ts'
import { DEVICE_COLUMNS } from './device-row.ts'
import { type Plan, planDevices, planSchools } from './plan.ts'
import { faultyLines, type RowFault } from './row-fault.ts'
import { SCHOOL_COLUMNS } from './school-row.ts'
import { readTable } from './table.ts'
import { type ImportMode, type Writer, writeInChunks } from './write.ts'
import { hashNewSecrets, readCredentials, writeDevices } from './write-devices.ts'
import { linkMergers, writeSchools } from './write-schools.ts'

export interface ImportOptions extends ImportMode {
  /** The rows are of the simulated province and are marked so. */
  simulated: boolean
}

export interface ImportReport {
  good: number
  bad: number
  faults: RowFault[]
  created: number
  changed: number
  unchanged: number
  /** True where the counts above are of rows really written. */
  written: boolean
}

export interface ImportTools {
  database: Database
  clock: Clock
  progress: Progress
}

export type Importer = (
  tools: ImportTools,
  bytes: Uint8Array,
  options: ImportOptions,
) => Promise<ImportReport>

/** Imports schools.csv: schools, sites, sessions and places in both area trees, created or updated by code. */
export const importSchools: Importer = async ({ database, progress }, bytes, options) => {
  const table = readTable(bytes, SCHOOL_COLUMNS)
  const context = await readContext(database, options.simulated)
  const plan = planSchools(table, context)
  return write(database, progress, plan, options, {
    write: (client, chunk) => writeSchools(client, chunk, options.simulated),
    finish: (client) => linkMergers(client, plan.rows),
  })
}

/** Imports devices.csv: devices, their credentials and vendors' names, created or updated by school and code. */
export const importDevices: Importer = async ({ database, clock, progress }, bytes, options) => {
  const table = readTable(bytes, DEVICE_COLUMNS)
  const context = await readContext(database, options.simulated)
  const stored = await readCredentials(database)
  const plan = planDevices(table, context, stored.holders, await readAliasHolders(database))
  if (!isWritten(plan, options)) return write(database, progress, plan, options, { write: nothing })
  const secrets = plan.rows.filter((row) => row.credential !== null).length
  progress.begin('secrets', secrets)
  const fresh = await hashNewSecrets(plan.rows, stored, () => progress.advance(1))
  return write(database, progress, plan, options, {
    write: (client, chunk) => {
      const keys = new Set(chunk.map((row) => `${row.school}/${row.code}`))
      const theirs = fresh.filter((one) => keys.has(`${one.school}/${one.code}`))
      return writeDevices(client, chunk, theirs, clock.now())
    },
  })
}

const nothing = async () => ({ created: new Set<string>(), changed: new Set<string>() })

function isWritten(plan: Plan<unknown>, options: ImportOptions): boolean {
  return plan.rows.length > 0 && (plan.faults.length === 0 || options.partial)
}

async function write<Row>(
  database: Database,
  progress: Progress,
  plan: Plan<Row>,
  options: ImportOptions,
  writer: Writer<Row>,
): Promise<ImportReport> {
  const report = {
    good: plan.rows.length,
    bad: faultyLines(plan.faults).size,
    faults: plan.faults,
    ...{ created: 0, changed: 0, unchanged: 0, written: false },
  }
  if (!isWritten(plan, options)) return report
  progress.begin('rows', plan.rows.length)
  const done = await writeInChunks(database, plan.rows, options, writer, (rows) => progress.advance(rows))
  progress.end()
  const unchanged = plan.rows.length - done.created - done.changed
  return { ...report, ...done, unchanged, written: !options.dryRun }
}
