import { type Logger, pino } from 'pino'

export type { Logger } from 'pino'

/** JSON lines on standard output. Bodies, names and addresses of people never go in: log codes and counts. */
export function createLog(program: string, level: string): Logger {
  return pino({ base: { program }, level, timestamp: pino.stdTimeFunctions.isoTime })
}
