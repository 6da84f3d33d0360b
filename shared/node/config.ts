import { z } from 'zod'
import { IocError } from './errors.ts'

/** Environment variables are text; these turn them into what they mean. */
export const port = (fallback: number) =>
  z.coerce.number().int().min(0).max(65535).default(fallback).describe('a port, 0 for any free one')
export const flag = (fallback: boolean) =>
  z
    .enum(['0', '1'])
    .default(fallback ? '1' : '0')
    .transform((text) => text === '1')
export const optionalText = () => z.string().min(1).optional()

/**
 * Parses the settings of one program from the environment, once, at its edge.
 * Unknown variables are not ours to judge; unset and empty mean the default.
 * @throws IocError bad-setting naming every bad variable, its value and what it should be.
 */
export function readConfig<S extends z.ZodObject>(
  schema: S,
  environment: Record<string, string | undefined>,
): z.infer<S> {
  const given: Record<string, string> = {}
  for (const name of Object.keys(schema.shape)) {
    const value = environment[name]
    if (value !== undefined && value !== '') given[name] = value
  }
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0] ?? '')
    return `${name}=${JSON.stringify(given[name] ?? '')}: ${issue.message}`
  })
  throw new IocError('bad-setting', { problems: problems.join('; ') })
}
