import { parseArgs } from 'node:util'
import { z } from 'zod'
import { Day, Moment } from '../../shared/contract/primitives.ts'
import { awaitDatabase, connect, type Queryable } from '../../shared/db/connect.ts'
import { sql } from '../../shared/db/sql.ts'
import { dayOf, MINUTE_MS } from '../../shared/domain/time.ts'
import { createClock, isSimulated } from '../../shared/node/clock.ts'
import { clockBeside } from '../../shared/node/clock-file.ts'
import { readConfig } from '../../shared/node/config.ts'
import { coerceError, IocError } from '../../shared/node/errors.ts'
import { failStart } from '../../shared/node/lifecycle.ts'
import { createLog } from '../../shared/node/log.ts'
import { commonSettings } from '../../shared/node/program-environment.ts'
import { ServerSettings } from '../config.ts'
import { checkDay, readProgress } from './check-day.ts'
import type { Comparison } from './day-sums.ts'

/** `npm run recompute -- --date yyyy-mm-dd`: are the stored indicators what the raw rows say? Exit code 1 if not. */
const SCHOOL_CODES = sql(import.meta.url, './sql/school-codes.sql')

const Settings = z.object({
  LOG_LEVEL: commonSettings.LOG_LEVEL,
  DATABASE_URL: ServerSettings.shape.DATABASE_URL,
})

const Options = z.strictObject({
  date: Day.optional(),
  now: Moment.transform((text) => Date.parse(text)).optional(),
  patience: z.coerce.number().min(0).optional(),
})

const FIRST_DIFFERENCES = 10
const DEFAULT_PATIENCE_S = 60

async function main(): Promise<number> {
  const settings = readConfig(Settings, process.env)
  const options = readOptions(process.argv.slice(2))
  const database = connect({
    url: settings.DATABASE_URL,
    program: 'recompute',
    connections: 1,
    statementTimeoutMs: 120_000,
    log: createLog('recompute', settings.LOG_LEVEL),
  })
  try {
    await awaitDatabase(database, 5_000)
    const setting = clockBeside(process.env)
    const clock = createClock(setting)
    const closedUntil = (await readProgress(database))?.closedUntil
    // Without its clock a demonstration's time is known only from how far its engine has come.
    const isDemo =
      !isSimulated(setting) && closedUntil !== undefined && closedUntil > clock.now() + 15 * MINUTE_MS
    const now = () => options.now ?? (isDemo ? closedUntil + MINUTE_MS : clock.now())
    const day = options.date ?? dayOf(now())
    const goesOn = closedUntil !== undefined && day >= dayOf(closedUntil)
    const patience = options.patience ?? (goesOn ? DEFAULT_PATIENCE_S : 0)
    const comparison = await checkDay(database, { day, now, patienceMs: patience * 1000 })
    await report(database, day, comparison)
    return comparison.differences.length === 0 ? 0 : 1
  } finally {
    await database.end()
  }
}

function readOptions(args: string[]): z.infer<typeof Options> {
  const known = { date: { type: 'string' }, now: { type: 'string' }, patience: { type: 'string' } } as const
  try {
    return Options.parse({ ...parseArgs({ args, options: known }).values })
  } catch (error) {
    throw new IocError(
      'bad-arguments',
      {
        problem: coerceError(error).message,
        usage: 'npm run recompute -- --date yyyy-mm-dd [--now moment] [--patience seconds]',
      },
      { cause: error },
    )
  }
}

async function report(
  database: Queryable,
  day: string,
  { summaries, differences, leftOut }: Comparison,
): Promise<void> {
  console.log(`Indicators of ${day}: stored sums against raw rows`)
  console.log(row(['indicator', 'sums', 'numerator', 'denominator', 'differences']))
  for (const { indicator, compared, numerator, denominator, differences: wrong } of summaries) {
    console.log(row([indicator, compared, round(numerator), round(denominator), wrong]))
  }
  if (leftOut > 0)
    console.log(`${leftOut} schools changed while the day was read; their sessions were left out.`)
  if (differences.length === 0) return console.log('No difference.')
  const { rows } = await database.query<{ id: number; code: string }>(SCHOOL_CODES)
  const codes = new Map(rows.map((school) => [school.id, school.code]))
  console.log(`${differences.length} differences, the first of them:`)
  for (const { indicator, period, school, stored, recomputed } of differences.slice(0, FIRST_DIFFERENCES)) {
    console.log(
      `  ${indicator} ${period} of school ${codes.get(school) ?? school}: stored ${stored.numerator} / ${stored.denominator}, raw rows say ${recomputed.numerator} / ${recomputed.denominator}`,
    )
  }
}

function row(cells: (string | number)[]): string {
  const [name, ...numbers] = cells
  return String(name).padEnd(30) + numbers.map((cell) => String(cell).padStart(14)).join('')
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}

try {
  process.exitCode = await main()
} catch (thrown) {
  failStart(createLog('recompute', 'fatal'), thrown)
}
