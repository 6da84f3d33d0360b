import { z } from 'zod'
import { optionalText, port } from '../shared/node/config.ts'
import { commonSettings } from '../shared/node/program-environment.ts'
import { isTopicFilter } from './mqtt/topic-filter.ts'

const count = (fallback: number, least: number, most: number) =>
  z.coerce.number().int().min(least).max(most).default(fallback)

/** A list of topic filters, one a line or with commas between them. */
const filterList = () =>
  z
    .string()
    .transform((text) => {
      const filters = text.split(/[,\n]/).map((filter) => filter.trim())
      return [...new Set(filters.filter((filter) => filter !== ''))]
    })
    .refine((filters) => filters.length > 0 && filters.every(isTopicFilter), {
      error: 'topic filters with commas between them; # is a whole last level, + a whole level',
    })
    .optional()

const Settings = z.object({
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
    .regex(/^[^/+#]+$/, 'no /, + or #')
    .default('ioc-ingest')
    .describe('name of our session at the broker; it must stay the same, or messages kept for it are lost'),
  MQTT_SESSIONS: count(1, 1, 64).describe(
    'sessions at the broker, shared by all ingest programs of one MQTT_CLIENT_ID; at least as many as programs',
  ),
  MQTT_USERNAME: optionalText().describe('sign-in at the broker, if it asks for one'),
  MQTT_PASSWORD: optionalText().describe('sign-in at the broker, if it asks for one'),
  MQTT_SUBSCRIPTION: filterList().describe(
    'topic filters, with commas or new lines between them; $share/<group> stands for all of the topic map, shared; unset: those of the topic map',
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
  MQTT_CA_FILE: optionalText().describe(
    "PEM file of the authority that issued the broker's certificate; unset: those of the system",
  ),
  MQTT_CERT_FILE: optionalText().describe('PEM file of our certificate, where the broker asks for one'),
  MQTT_KEY_FILE: optionalText().describe('PEM file of the private key of MQTT_CERT_FILE'),
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

/** Settings of the program `ingest`. */
export const IngestSettings = Settings.superRefine((settings, context) => {
  const wrong = (name: keyof typeof settings, message: string) =>
    context.addIssue({ code: 'custom', path: [name], message })
  const { MQTT_URL, MQTT_CA_FILE, MQTT_CERT_FILE, MQTT_KEY_FILE } = settings
  if (MQTT_CERT_FILE !== undefined && MQTT_KEY_FILE === undefined)
    wrong('MQTT_KEY_FILE', 'goes with MQTT_CERT_FILE')
  if (MQTT_KEY_FILE !== undefined && MQTT_CERT_FILE === undefined)
    wrong('MQTT_CERT_FILE', 'goes with MQTT_KEY_FILE')
  const secured = /^(mqtts|tls|ssl):/.test(MQTT_URL ?? '')
  if ((MQTT_CA_FILE ?? MQTT_CERT_FILE) !== undefined && !secured) {
    wrong('MQTT_URL', 'mqtts://host:port, for certificates are set')
  }
})
export type IngestSettings = z.infer<typeof IngestSettings>
