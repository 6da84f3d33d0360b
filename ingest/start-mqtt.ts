import type { Finding } from '../shared/contract/finding.ts'
import type { Database } from '../shared/db/connect.ts'
import type { Clock } from '../shared/node/clock.ts'
import { IocError } from '../shared/node/errors.ts'
import type { Logger } from '../shared/node/log.ts'
import { openAccess } from './broker/access.ts'
import { EmbeddedBroker } from './broker/broker.ts'
import { BrokerCare } from './broker-care/broker-care.ts'
import type { IngestSettings } from './config.ts'
import type { Commands, Intake } from './message.ts'
import type { IngestMetrics } from './metrics.ts'
import { type BrokerAddress, brokerName } from './mqtt/connection.ts'
import { readTlsFiles, TlsFileFault, type TlsFiles } from './mqtt/tls-files.ts'
import { Leases } from './sessions/leases.ts'
import { Sessions } from './sessions/sessions.ts'

/** The MQTT side of the program, whichever broker it is. */
export interface Mqtt extends Commands {
  /** Port of the embedded broker; undefined when MQTT_URL names another. */
  port: number | undefined
  connected(): boolean
  findings(): Finding[]
  stop(patienceMs: number): Promise<void>
}

export interface MqttTools {
  database: Database
  intake: Intake
  clock: Clock
  metrics: IngestMetrics
  log: Logger
  /** Name of this program among the ingest programs of its MQTT_CLIENT_ID. */
  worker: string
  /** Topic filters to subscribe to at the broker of MQTT_URL. */
  filters: readonly string[]
}

/** Our sessions at the broker of MQTT_URL, or the embedded broker. @throws IocError bad-setting, port-taken */
export function startMqtt(config: IngestSettings, tools: MqttTools): Promise<Mqtt> {
  return config.MQTT_URL === undefined
    ? startEmbedded(config, tools)
    : startSessions(config, config.MQTT_URL, tools)
}

async function startEmbedded(config: IngestSettings, tools: MqttTools): Promise<Mqtt> {
  const broker = new EmbeddedBroker({
    ...tools,
    host: config.HOST,
    port: config.MQTT_PORT,
    mostWaitingBytes: config.MQTT_WAITING_BYTES,
    access: openAccess,
  })
  const port = await broker.start()
  return {
    port,
    connected: () => broker.connected,
    findings: () => [],
    publish: (topic, payload) => broker.publish(topic, payload),
    stop: (patienceMs) => broker.stop(patienceMs),
  }
}

async function startSessions(config: IngestSettings, url: string, tools: MqttTools): Promise<Mqtt> {
  const { database, worker, metrics, log } = tools
  const owner = config.MQTT_CLIENT_ID
  const receiveMaximum = config.MQTT_RECEIVE_MAXIMUM
  const tlsFiles = { ca: config.MQTT_CA_FILE, cert: config.MQTT_CERT_FILE, key: config.MQTT_KEY_FILE }
  requireReadable(tlsFiles)
  const address: BrokerAddress = {
    url,
    username: config.MQTT_USERNAME,
    password: config.MQTT_PASSWORD,
    tlsFiles,
  }
  const sessions = new Sessions({
    ...tools,
    ...{ address, owner, receiveMaximum },
    count: config.MQTT_SESSIONS,
    leases: new Leases({ database, broker: brokerName(url), owner, worker }),
    onChange: () => care.onChange(),
  })
  const care = new BrokerCare({ ...{ address, owner, receiveMaximum, sessions, database, metrics, log } })
  await sessions.start()
  care.start()
  return {
    port: undefined,
    connected: () => sessions.connected,
    findings: () => care.findings(),
    publish: (topic, payload) => sessions.publish(topic, payload),
    stop: async (patienceMs) => {
      care.stop()
      await sessions.stop(patienceMs)
    },
  }
}

/** A file that is wrong at the start is a wrong setting; one that goes wrong later is a finding. */
function requireReadable(files: TlsFiles): void {
  try {
    readTlsFiles(files)
  } catch (error) {
    if (!(error instanceof TlsFileFault)) throw error
    throw new IocError('bad-setting', { problems: error.message })
  }
}
