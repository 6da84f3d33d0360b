import { z } from 'zod'
import { optionalText, port } from '../shared/node/config.ts'
import { commonSettings } from '../shared/node/program-environment.ts'

const count = (fallback: number, least: number, most: number) =>
  z.coerce.number().int().min(least).max(most).default(fallback)

/** Settings of the program `ingest`. */
export const IngestSettings = z.object({
  ...commonSettings,
  HOST: z
    .string()
    .default('127.0.0.1')
    .describe('address to listen on; 127.0.0.1 is reached from this machine only'),
  MQTT_PORT: port(1883).describe(
    'port of the embedded broker, used while MQTT_URL is not set; 0 for any free one',
  ),
  INGEST_PORT: port(3001).describe('port of the HTTP form of the protocol, /healthz, /readyz and /metrics'),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'postgres://user:password@host:port/name' })
    .describe('the TimescaleDB database; npm start fills it in for the embedded one'),
  MQTT_URL: z
    .url({ protocol: /^(mqtts?|tcp|tls|ssl)$/, error: 'mqtt://host:port or mqtts://host:port' })
    .optional()
    .describe('an MQTT broker to read from; unset: the embedded broker'),
  MQTT_CLIENT_ID: z
    .string()
    .min(1)
    .max(64)
    .default('ioc-ingest')
    .describe('name of our session at the broker; it must stay the same, or messages kept for it are lost'),
  MQTT_USERNAME: optionalText().describe('sign-in at the broker, if it asks for one'),
  MQTT_PASSWORD: optionalText().describe('sign-in at the broker, if it asks for one'),
  MQTT_SUBSCRIPTION: optionalText().describe(
    'unset: the filters of the topic map; $share/<group>: the same, shared among several ingest programs; else this filter alone',
  ),
  MQTT_WAITING_BYTES: count(134_217_728, 1_048_576, 4_294_967_296).describe(
    'bytes the embedded broker keeps waiting for all connections together, beyond what is held, while the database is away',
  ),
  MQTT_TOPIC_MAP: optionalText().describe(
    'JSON file that says which payload format is spoken on which topics; unset: ingest/topic-map.json',
  ),
  HANET_CLIENT_SECRET: optionalText().describe(
    'client secret of our application at HANET, by which its pushes are checked; unset: HANET pushes are off',
  ),
  INGEST_EVENT_KEY: z
    .string()
    .min(16, 'at least 16 characters')
    .optional()
    .describe(
      'key of the ids of passages that terminals push with a person in them, the same in every ingest program; npm start makes one; unset: ZKTeco pushes are off',
    ),
  MQTT_RECEIVE_MAXIMUM: count(1000, 1, 65_535).describe(
    'unacknowledged messages the broker may have under way to us',
  ),
  BATCH_MESSAGES: count(20_000, 1, 100_000).describe('most messages stored in one transaction'),
  BATCH_BYTES: count(1_048_576, 1_024, 16_777_216).describe(
    'most payload bytes stored in one transaction; 128 KiB is about 5,000 readings',
  ),
  BATCH_TARGET_MS: count(200, 10, 5_000).describe(
    'how long one transaction should take under load, in milliseconds: the next ones become larger or smaller accordingly',
  ),
  BATCH_MS: count(50, 0, 1_000).describe(
    'under load, time between the starts of two transactions, in milliseconds',
  ),
  IN_FLIGHT_MESSAGES: count(20_000, 1, 1_000_000).describe(
    'messages held unacknowledged before senders have to wait',
  ),
  IN_FLIGHT_BYTES: count(33_554_432, 1_048_576, 1_073_741_824).describe(
    'payload bytes held unacknowledged before senders have to wait',
  ),
  STORE_TRANSACTIONS: z.coerce
    .number()
    .int()
    .min(1)
    .max(4)
    .optional()
    .describe('store transactions at once; unset: 1 on the embedded database, 2 on a server'),
})
export type IngestSettings = z.infer<typeof IngestSettings>
