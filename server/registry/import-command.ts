import { readFile } from 'node:fs/promises'
import { withCommandDatabase } from '../../shared/db/command-database.ts'
import { realClock } from '../../shared/node/clock.ts'
import { badArguments, EXIT_BAD_DATA, readArguments } from '../../shared/node/command.ts'
import { coerceError, errorCode, IocError } from '../../shared/node/errors.ts'
import { createProgress } from '../../shared/node/progress.ts'
import type { Importer, ImportOptions, ImportReport } from './importer.ts'
import { describeFault } from './row-fault.ts'

const OPTIONS = {
  'dry-run': { type: 'boolean', default: false },
  partial: { type: 'boolean', default: false },
  simulated: { type: 'boolean', default: false },
} as const

/**
 * An import as a command: reads a file, writes it to the registry, reports every bad row on stderr and the counts
 * on stdout. Exit code 0 when every row was good.
 * @throws IocError bad-arguments, file-unreadable, bad-setting, database-unreachable
 */
export async function runImport(
  importer: Importer,
  usage: string,
  argv: readonly string[],
  environment: Record<string, string | undefined>,
): Promise<number> {
  const { values, positionals } = readArguments(argv, OPTIONS, usage)
  const [file, ...more] = positionals
  if (file === undefined || more.length > 0) throw badArguments('Give one file', usage)
  const options = { dryRun: values['dry-run'], partial: values.partial, simulated: values.simulated }
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new IocError('file-unreadable', { file, why: errorCode(error) ?? coerceError(error).message })
  })
  return withCommandDatabase({ program: 'import', environment }, async (database) => {
    const tools = { database, clock: realClock, progress: createProgress(process.stderr) }
    const report = await importer(tools, bytes, options)
    for (const fault of report.faults) console.error(describeFault(fault))
    console.log(summarize(report, options))
    return report.faults.length === 0 ? 0 : EXIT_BAD_DATA
  })
}

/** What the import did, or in a dry run would do, in one line. */
export function summarize(report: ImportReport, options: Pick<ImportOptions, 'dryRun' | 'partial'>): string {
  const read = `${report.good + report.bad} rows: ${report.good} good, ${report.bad} bad.`
  const counts = `${report.created} created, ${report.changed} changed, ${report.unchanged} unchanged.`
  if (report.bad > 0 && !options.partial) {
    return `${read} Nothing ${options.dryRun ? 'would be' : 'was'} written: correct the bad rows, or write the good ones with --partial.`
  }
  if (report.good === 0) return `${read} There was nothing to write.`
  return options.dryRun ? `${read} Dry run, nothing was written. It would be: ${counts}` : `${read} ${counts}`
}
