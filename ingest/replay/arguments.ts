import { z } from 'zod'
import { DeviceCode, SchoolCode } from '../../shared/contract/primitives.ts'
import { metricsData } from '../../shared/db/reference.ts'
import { badArguments, readArguments } from '../../shared/node/command.ts'
import { parseZone } from './logger-time.ts'

export const USAGE =
  'npm run replay -- file.csv --school code --device code --time-column name --map Column=metric,… [--zone +07:00] [--shift today|none] [--speed 60] [--broker mqtt://127.0.0.1:1883]'

const OPTIONS = {
  school: { type: 'string' },
  device: { type: 'string' },
  'time-column': { type: 'string' },
  map: { type: 'string' },
  zone: { type: 'string', default: '+07:00' },
  shift: { type: 'string', default: 'none' },
  speed: { type: 'string', default: '60' },
  broker: { type: 'string', default: 'mqtt://127.0.0.1:1883' },
} as const

const ReplayArguments = z.object({
  school: SchoolCode,
  device: DeviceCode,
  'time-column': z.string().min(1),
  map: z.string().transform(parseMap),
  zone: z.string().transform((text, context) => {
    const zone = parseZone(text)
    if (zone === undefined) context.addIssue({ code: 'custom', message: 'is written like +07:00' })
    return zone ?? z.NEVER
  }),
  shift: z.enum(['today', 'none'], 'is today or none'),
  speed: z.coerce.number('is a number').min(0),
  broker: z.string().regex(/^mqtts?:\/\//, 'begins with mqtt:// or mqtts://'),
})

export interface Replay extends z.infer<typeof ReplayArguments> {
  file: string
}

/** @throws IocError bad-arguments naming every option that is missing or wrong. */
export function readReplay(argv: readonly string[]): Replay {
  const { values, positionals } = readArguments(argv, OPTIONS, USAGE)
  const [file, ...more] = positionals
  if (file === undefined || more.length > 0) throw badArguments('Give one file', USAGE)
  const parsed = ReplayArguments.safeParse(values)
  if (parsed.success) return { file, ...parsed.data }
  const problems = parsed.error.issues.map(({ path, message }) => {
    const name = String(path[0]) as keyof typeof values
    return values[name] === undefined ? `--${name} is missing` : `--${name} ${values[name]}: ${message}`
  })
  throw badArguments(problems.join('; '), USAGE)
}

/** `CO2=co2,Temperature=temperature` as metric by column. */
function parseMap(text: string, context: z.RefinementCtx<string>): Map<string, string> {
  const metrics = metricsData().map((metric) => metric.code)
  const map = new Map<string, string>()
  for (const pair of text.split(',')) {
    const [column, metric, ...rest] = pair.split('=').map((part) => part.trim())
    const refuse = (message: string) => context.addIssue({ code: 'custom', message })
    if (!column || !metric || rest.length > 0) refuse(`${JSON.stringify(pair)} is not Column=metric`)
    else if (!metrics.includes(metric))
      refuse(`there is no metric ${metric}; the metrics are ${metrics.join(', ')}`)
    else if (map.has(column) || [...map.values()].includes(metric))
      refuse(`${pair} repeats a column or metric`)
    else map.set(column, metric)
  }
  return map
}
