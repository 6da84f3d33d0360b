import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { type ClockSetting, formatClock, isSimulated, parseClock, REAL_TIME } from './clock.ts'
import { readConfig } from './config.ts'
import { commonSettings } from './program-environment.ts'

const name = (folder: string) => join(folder, 'clock')

/** Leaves the clock of a standalone start in its folder, for the command-line programs started beside it. */
export function leaveClock(folder: string, setting: ClockSetting): void {
  writeFileSync(name(folder), formatClock(setting))
}

const Settings = z.object({
  IOC_CLOCK: commonSettings.IOC_CLOCK,
  DATA_DIR: z
    .string()
    .min(1)
    .default('./data')
    .describe('folder of the standalone start whose clock is meant'),
})

/** The clock a command-line program lives by: IOC_CLOCK, else that of the standalone start in DATA_DIR, else real time. */
export function clockBeside(environment: Record<string, string | undefined>): ClockSetting {
  const { IOC_CLOCK, DATA_DIR } = readConfig(Settings, environment)
  if (isSimulated(IOC_CLOCK)) return IOC_CLOCK
  try {
    return parseClock(readFileSync(name(DATA_DIR), 'utf8'))
  } catch {
    return REAL_TIME
  }
}
