import { z } from 'zod'
import { DeadMessageId, Reason, WrittenSchool } from '../../shared/contract/dead-letter.ts'
import { FormatName } from '../../shared/contract/format.ts'
import { Day, Moment } from '../../shared/contract/primitives.ts'
import type { LetterFilter } from '../../shared/db/dead-letters/read.ts'
import { startOfDay } from '../../shared/domain/time.ts'
import { badArguments, readArguments } from '../../shared/node/command.ts'

const FILTERS =
  '[--school code] [--reason code] [--format name] [--since day|moment] [--until day|moment] [--limit n]'
const USAGE = {
  list: `npm run deadletters -- list [--messages|--waiting] ${FILTERS}`,
  show: 'npm run deadletters -- show id',
  retry: `npm run deadletters -- retry ${FILTERS}`,
  export: `npm run deadletters -- export [--out file.csv|file.jsonl] [--as csv|jsonl] ${FILTERS}`,
} as const
const COMMANDS = Object.keys(USAGE).join('|')

const FILTER_OPTIONS = {
  school: { type: 'string' },
  reason: { type: 'string' },
  format: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  limit: { type: 'string' },
} as const

/** A moment, or a day of the province: its beginning. */
const When = z.string().transform((text, context) => {
  if (Moment.safeParse(text).success) return text
  if (Day.safeParse(text).success) return new Date(startOfDay(text)).toISOString()
  const message = 'is a day (2026-11-23) or a moment with a zone (2026-11-23T07:00:00+07:00)'
  context.addIssue({ code: 'custom', message })
  return z.NEVER
})
const Filters = z.object({
  school: WrittenSchool.optional(),
  reason: Reason.optional(),
  format: FormatName.optional(),
  since: When.optional(),
  until: When.optional(),
  limit: z.coerce.number('is a number').int().min(1).optional(),
})
const ListOptions = Filters.extend({ waiting: z.boolean(), messages: z.boolean() })
const ExportOptions = Filters.extend({
  out: z.string().min(1).optional(),
  as: z.enum(['csv', 'jsonl'], 'is csv or jsonl').optional(),
})

export type LettersCommand =
  | {
      command: 'list'
      what: 'counts' | 'messages' | 'waiting'
      filter: LetterFilter
      limit: number | undefined
    }
  | { command: 'show'; id: string }
  | { command: 'retry'; filter: LetterFilter; limit: number | undefined }
  | {
      command: 'export'
      filter: LetterFilter
      limit: number | undefined
      form: 'csv' | 'jsonl'
      /** Undefined: standard output. */
      out: string | undefined
    }

/** @throws IocError bad-arguments naming every option that is wrong. */
export function readLettersCommand(argv: readonly string[]): LettersCommand {
  const [name, ...rest] = argv[0] === '--' ? argv.slice(1) : argv
  switch (name) {
    case 'list':
      return readList(rest)
    case 'show':
      return readShow(rest)
    case 'retry': {
      const { limit, ...filter } = parse(rest, FILTER_OPTIONS, Filters, USAGE.retry)
      return { command: 'retry', filter, limit }
    }
    case 'export':
      return readExport(rest)
    default:
      throw badArguments(
        'Say what to do: list them, show one, retry them or export them',
        `npm run deadletters -- ${COMMANDS}`,
      )
  }
}

function readList(argv: readonly string[]): LettersCommand {
  const flags = {
    waiting: { type: 'boolean', default: false },
    messages: { type: 'boolean', default: false },
  } as const
  const given = parse(argv, { ...FILTER_OPTIONS, ...flags }, ListOptions, USAGE.list)
  const { waiting, messages, limit, ...filter } = given
  const { format: _, ...others } = filter
  if (waiting && (messages || Object.values(others).some((value) => value !== undefined))) {
    throw badArguments('--waiting goes with --format and --limit only', USAGE.list)
  }
  return { command: 'list', what: waiting ? 'waiting' : messages ? 'messages' : 'counts', filter, limit }
}

function readShow(argv: readonly string[]): LettersCommand {
  const { positionals } = readArguments(argv, {}, USAGE.show)
  const id = DeadMessageId.safeParse(positionals[0])
  if (!id.success || positionals.length > 1)
    throw badArguments('Give the number of one dead message', USAGE.show)
  return { command: 'show', id: id.data }
}

function readExport(argv: readonly string[]): LettersCommand {
  const options = { ...FILTER_OPTIONS, out: { type: 'string' }, as: { type: 'string' } } as const
  const { out, as, limit, ...filter } = parse(argv, options, ExportOptions, USAGE.export)
  const form = as ?? (out?.endsWith('.csv') ? 'csv' : 'jsonl')
  return { command: 'export', filter, limit, form, out }
}

function parse<S extends z.ZodObject>(
  argv: readonly string[],
  options: Parameters<typeof readArguments>[1],
  schema: S,
  usage: string,
): z.infer<S> {
  const { values, positionals } = readArguments(argv, options, usage)
  if (positionals.length > 0) throw badArguments(`${positionals[0]} is too much`, usage)
  const parsed = schema.safeParse(values)
  if (parsed.success) return parsed.data
  const given: Record<string, unknown> = { ...values }
  const problems = parsed.error.issues.map(({ path, message }) => {
    const name = String(path[0])
    return `--${name} ${given[name]}: ${message}`
  })
  throw badArguments(problems.join('; '), usage)
}
