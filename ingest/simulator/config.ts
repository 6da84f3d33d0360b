import { z } from 'zod'
import { commonSettings } from '../../shared/node/program-environment.ts'
import { WHOLE_PROVINCE } from './province/levels.ts'

/** Settings of the simulator. */
export const SimulatorSettings = z.object({
  ...commonSettings,
  SIM_BROKER: z
    .string()
    .regex(/^mqtts?:\/\//, 'an address that begins with mqtt:// or mqtts://')
    .default('mqtt://127.0.0.1:1883')
    .describe('broker the simulator publishes to, with user name and password where it asks for them'),
  SIM_SEED: z.coerce.number().int().min(0).default(102).describe('seed of the simulated province'),
  SIM_SPEED: z.coerce
    .number()
    .min(0.1)
    .max(600)
    .default(1)
    .describe('speed of the simulated clock, where IOC_CLOCK is not set'),
  SIM_SCHOOLS: z.coerce
    .number()
    .int()
    .min(1)
    .max(WHOLE_PROVINCE)
    .default(WHOLE_PROVINCE)
    .describe('number of simulated schools'),
  DATA_DIR: z.string().min(1).default('./data').describe('folder in which scenarios are asked for'),
})
export type SimulatorSettings = z.infer<typeof SimulatorSettings>
