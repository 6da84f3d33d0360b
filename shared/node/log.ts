import { writeSync } from 'node:fs'
import { type Logger, pino } from 'pino'
import { errorCode } from './errors.ts'
import { LogWriter } from './log-writer.ts'

export type { Logger } from 'pino'

/** A pipe whose reader is slow is waited for, but not for ever. */
const PIPE_ATTEMPTS = 20
const PIPE_WAIT_MS = 5

/** JSON lines on standard output. Bodies, names and addresses of people never go in: log codes and counts. */
export function createLog(program: string, level: string): Logger {
  // Pino's own writer ends the program when the disk behind standard output is full, and hangs while ending.
  const writer = new LogWriter(putOut)
  const destination = { write: (line: string) => writer.write(Buffer.from(line)) }
  return pino({ base: { program }, level, timestamp: pino.stdTimeFunctions.isoTime }, destination)
}

function putOut(bytes: Uint8Array): number {
  for (let attempt = 1; ; attempt++) {
    try {
      return writeSync(1, bytes)
    } catch (error) {
      if (errorCode(error) !== 'EAGAIN' || attempt === PIPE_ATTEMPTS) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PIPE_WAIT_MS)
    }
  }
}
