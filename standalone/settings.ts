import { z } from 'zod'
import { flag, optionalText, port } from '../shared/node/config.ts'

/** What `npm start` understands; it passes on to each program what that program needs. */
export const StandaloneSettings = z.object({
  PORT: port(3000).describe('port of the pages, the API and the live sockets'),
  HOST: z.string().min(1).default('127.0.0.1').describe('address all listeners bind to'),
  MQTT_PORT: port(1883).describe('port of the embedded MQTT broker'),
  INGEST_PORT: port(3001).describe('port of the HTTP ingest and of its metrics'),
  EMBEDDED_DB_PORT: port(5433).describe('port of the embedded database, on loopback only'),
  DATA_DIR: z
    .string()
    .min(1)
    .default('./data')
    .describe('folder of the embedded database, the logs and the lock'),
  DEMO: flag(true).describe('1: a simulator plays simulated schools; 0: no simulator, no simulated schools'),
  DATABASE_URL: optionalText().describe('a TimescaleDB server; unset: the embedded database'),
  MQTT_URL: optionalText().describe('an MQTT broker; unset: the embedded broker'),
  INGEST_EVENT_KEY: optionalText().describe(
    'key of the ids of passages that terminals push; unset: one is made and kept in DATA_DIR/secrets',
  ),
  SIM_SCHOOLS: z.coerce.number().int().min(1).max(1517).default(1517).describe('number of simulated schools'),
  SIM_SEED: z.coerce.number().int().min(0).default(102).describe('seed of the simulated province'),
  SIM_SPEED: z.coerce.number().min(0.1).max(600).default(1).describe('speed of the simulated clock'),
  SIM_CLOCK: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day, HH:MM')
    .optional()
    .describe(
      'time of day the simulated clock starts at, HH:MM; unset: real time in school hours, else 07:20',
    ),
})
export type StandaloneSettings = z.infer<typeof StandaloneSettings>
