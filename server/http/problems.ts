import { z } from 'zod'
import type { Problem } from '../../shared/node/errors.ts'

/** The parts of a zod issue a remedy is made from, as they come through the validator. */
const Issue = z.object({
  keyword: z.string(),
  instancePath: z.string(),
  message: z.string().default('is not valid'),
  params: z
    .object({
      keys: z.array(z.string()).optional(),
      values: z.array(z.unknown()).optional(),
      format: z.string().optional(),
      expected: z.string().optional(),
      minimum: z.coerce.number().optional(),
      maximum: z.coerce.number().optional(),
      origin: z.string().optional(),
    })
    .loose(),
})
type Issue = z.infer<typeof Issue>

const FORMATS: Record<string, string> = {
  date: 'give a day as yyyy-mm-dd, such as 2026-11-23',
  datetime: 'give a moment in ISO 8601 with a zone, such as 2026-11-23T07:00:00+07:00 (encode + as %2B)',
}

/**
 * What is wrong with a request, in terms of whoever sent it: which field, with which value, and what to send
 * instead. `known` are the fields the route understands.
 */
export function describeProblems(
  issues: readonly unknown[],
  given: Record<string, unknown>,
  known: readonly string[],
): Problem[] {
  return issues.flatMap((unparsed) => {
    const issue = Issue.parse(unparsed)
    if (issue.keyword === 'unrecognized_keys') {
      const remedy =
        known.length > 0
          ? `leave it out; known here: ${known.join(', ')}`
          : 'leave it out; no parameters are known here'
      return (issue.params.keys ?? []).map((field) => ({ field, value: shown(given[field]), remedy }))
    }
    const field = issue.instancePath.slice(1).split('/')[0] ?? ''
    return [{ field, value: shown(given[field]), remedy: remedyFor(issue, given[field]) }]
  })
}

function remedyFor(issue: Issue, value: unknown): string {
  if (value === undefined) return 'is required'
  if (Array.isArray(value)) return 'give it once'
  const { values, format, expected, minimum, maximum, origin } = issue.params
  const unit = origin === 'string' ? ' characters' : ''
  switch (issue.keyword) {
    case 'invalid_type':
      return `give a ${expected ?? 'value of another type'}`
    case 'invalid_value':
      return `give one of ${(values ?? []).join(', ')}`
    case 'too_small':
      return `give at least ${minimum}${unit}`
    case 'too_big':
      return `give at most ${maximum}${unit}`
    case 'invalid_format':
      return FORMATS[format ?? ''] ?? `give ${issue.message}`
    default:
      return issue.message
  }
}

/** A value as it was sent, cut where it is long. */
function shown(value: unknown): string {
  const text = Array.isArray(value) ? value.join(', ') : String(value ?? '')
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}
