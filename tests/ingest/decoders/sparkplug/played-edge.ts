import type { MqttClient } from 'mqtt'
import { encodePayload, type MetricToWrite, type PayloadToWrite, TYPE } from '../../../helpers/sparkplug.ts'
import { mqttClient } from '../../clients.ts'
import { decodeByReference } from './schema.ts'

/** The air sensor behind it: aliases, as its births give them. */
export const ALIAS = { co2: 10, temperature: 11 } as const

export interface EdgeOptions {
  url: string
  /** `A/e1` */
  name: string
  session: number
  /** Whether it says a birth when it has connected; otherwise only when it is asked for one. @defaultValue true */
  births?: boolean
  aliases?: { co2: number; temperature: number }
  clientId?: string
}

/** An edge node as the specification has it: its death as last will, births, data by alias at QoS 0, rebirths on command. */
export class PlayedEdge {
  readonly #options: EdgeOptions
  readonly #client: MqttClient
  /** Rebirths it was asked for. */
  asked = 0
  #seq = 0

  private constructor(options: EdgeOptions, client: MqttClient) {
    this.#options = options
    this.#client = client
  }

  static async connect(options: EdgeOptions): Promise<PlayedEdge> {
    const death = encodePayload({ timestamp: Date.now(), metrics: [sessionNumber(options.session)] })
    const client = await mqttClient(options.url, {
      clientId: options.clientId ?? `edge-${options.name.replaceAll('/', '-')}-${options.session}`,
      clean: true,
      will: { topic: topicOf('NDEATH', options.name), payload: death, qos: 1, retain: false },
    })
    const edge = new PlayedEdge(options, client)
    client.on('message', (_topic, payload) => void edge.#onCommand(payload))
    await client.subscribeAsync(topicOf('NCMD', options.name), { qos: 1 })
    if (options.births ?? true) await edge.birth()
    return edge
  }

  /** NBIRTH, then the birth of its one device d1. */
  async birth(): Promise<void> {
    this.#seq = 0
    const at = Date.now()
    const { co2, temperature } = this.#options.aliases ?? ALIAS
    await this.#publish('NBIRTH', {
      timestamp: at,
      seq: 0,
      metrics: [
        sessionNumber(this.#options.session),
        { name: 'Node Control/Rebirth', datatype: TYPE.Boolean, boolean: false },
        { name: 'Voltage', alias: 1, timestamp: at, datatype: TYPE.Double, double: 221.5 },
      ],
    })
    await this.#publish('DBIRTH', {
      timestamp: at,
      seq: this.#next(),
      metrics: [
        { name: 'Air/CO2', alias: co2, timestamp: at, datatype: TYPE.UInt16, int: 600 },
        { name: 'Air/Temperature', alias: temperature, timestamp: at, datatype: TYPE.Float, float: 27.3 },
      ],
    })
  }

  /** Alias and value, and nothing else. */
  async data(metrics: MetricToWrite[]): Promise<void> {
    await this.#publish('DDATA', { timestamp: Date.now(), seq: this.#next(), metrics })
  }

  /** The next message is lost on its way. */
  lose(): void {
    this.#next()
  }

  /** The device behind it does not answer any more. */
  async deviceDeath(): Promise<void> {
    await this.#publish('DDEATH', { timestamp: Date.now(), seq: this.#next() })
  }

  /** The death of a session, as a broker sends it that was slow to notice. */
  async death(session: number): Promise<void> {
    await this.#publish('NDEATH', { timestamp: Date.now(), metrics: [sessionNumber(session)] })
  }

  /** The line is cut, without a goodbye. */
  cut(): void {
    this.#client.stream.destroy()
  }

  async #onCommand(payload: Buffer): Promise<void> {
    const [metric] = decodeByReference(payload).metrics ?? []
    if (metric?.name !== 'Node Control/Rebirth' || metric['boolean_value'] !== true) return
    this.asked += 1
    await this.birth()
  }

  async #publish(type: string, payload: PayloadToWrite): Promise<void> {
    const topic = topicOf(type, this.#options.name, type.startsWith('D') ? 'd1' : undefined)
    await this.#client.publishAsync(topic, encodePayload(payload), { qos: 0 })
  }

  #next(): number {
    this.#seq = (this.#seq + 1) % 256
    return this.#seq
  }
}

function sessionNumber(session: number): MetricToWrite {
  return { name: 'bdSeq', datatype: TYPE.Int64, long: session }
}

function topicOf(type: string, name: string, device?: string): string {
  const [group, edge] = name.split('/')
  return `spBv1.0/${group}/${type}/${edge}${device ? `/${device}` : ''}`
}
