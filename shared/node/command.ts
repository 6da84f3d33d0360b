import { parseArgs } from 'node:util'
import { coerceError, IocError } from './errors.ts'

type Options = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>

/**
 * Reads the arguments of a command-line program. npm's own `--` in front of them is taken off.
 * @throws IocError bad-arguments for an unknown or incomplete option, with the usage line.
 */
export function readArguments<O extends Options>(argv: readonly string[], options: O, usage: string) {
  const args = argv[0] === '--' ? argv.slice(1) : [...argv]
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true })
  } catch (error) {
    throw badArguments(coerceError(error).message, usage)
  }
}

export function badArguments(problem: string, usage: string): IocError {
  return new IocError('bad-arguments', { problem: problem.replace(/\.$/, ''), usage })
}

/** Runs a command-line program: its number is the exit code; an expected failure is one sentence on stderr. */
export async function runCommand(main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main()
  } catch (thrown) {
    const error = coerceError(thrown)
    console.error(error instanceof IocError ? error.message : error.stack)
    process.exitCode = error instanceof IocError ? error.exit : 70
  }
}

/** Exit code of a run that did its work but met data it had to refuse (EX_DATAERR of sysexits). */
export const EXIT_BAD_DATA = 65
