import { z } from 'zod'
import { type ClockSetting, parseClock, REAL_TIME } from './clock.ts'

/** Settings that every long-running program understands. */
export const commonSettings = {
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('least severe log line written'),
  IOC_CLOCK: z
    .string()
    .optional()
    .transform((text, context): ClockSetting => {
      if (text === undefined) return REAL_TIME
      try {
        return parseClock(text)
      } catch (error) {
        context.addIssue({ code: 'custom', message: String((error as Error).message) })
        return z.NEVER
      }
    })
    .describe('the clock of a demonstration, set by npm start; leave it unset otherwise'),
} as const
