import { Memory } from '../../../../ingest/decoders/memory.ts'
import type { Message } from '../../../../ingest/message.ts'
import type { Batch, Decodable } from '../../../../ingest/records.ts'
import { decode } from '../../../../ingest/stages/decode.ts'
import { TopicMap } from '../../../../ingest/topic-map.ts'
import { keyOf } from '../../../../ingest/vendor.ts'
import { encodePayload, type MetricToWrite, type PayloadToWrite, TYPE } from '../../../helpers/sparkplug.ts'
import { message, NOW } from '../../messages.ts'

/** The decode stage of one program, message by message; descriptions are remembered as after a commit. */
export class Host {
  readonly descriptions = new Map<string, unknown>()
  readonly #memory = new Memory()
  readonly #map: TopicMap
  readonly #ordered: boolean

  constructor(options: { ordered?: boolean; metrics?: Record<string, string> } = {}) {
    this.#ordered = options.ordered ?? true
    const route = { filter: 'spBv1.0/#', format: 'sparkplug' as const, zone: '+07:00', persons: [] }
    this.#map = new TopicMap([{ ...route, metrics: options.metrics ?? {} }])
  }

  /** @param topic without the namespace: `A/NBIRTH/e1` */
  hear(topic: string, payload: PayloadToWrite | Buffer, more: Partial<Message> = {}): Heard {
    const bytes = Buffer.isBuffer(payload) ? payload : encodePayload(payload)
    return this.read([message(`spBv1.0/${topic}`, bytes, more)])
  }

  read(messages: readonly Message[]): Heard {
    const batch = decode(messages, {
      map: this.#map,
      descriptions: { get: (vendor) => this.descriptions.get(keyOf(vendor)) },
      ordered: this.#ordered,
      memory: this.#memory,
    })
    for (const { vendor, body } of batch.descriptions) {
      // As they come back from the database.
      this.descriptions.set(keyOf(vendor), JSON.parse(JSON.stringify(body)))
    }
    return new Heard(batch)
  }
}

/** What became of it, in the words of tests. */
export class Heard {
  readonly batch: Batch<Decodable>

  constructor(batch: Batch<Decodable>) {
    this.batch = batch
  }

  get readings() {
    return this.batch.records.flatMap((one) =>
      one.kind === 'reading' && 'vendor' in one
        ? [{ name: one.vendor.name, metric: one.metric, value: one.value, at: one.at }]
        : [],
    )
  }

  /** Only metric and value. */
  get values() {
    return this.readings.map(({ metric, value }) => `${metric}=${value}`)
  }

  get connections() {
    return this.batch.records.flatMap((one) =>
      one.kind === 'connection' && 'vendor' in one
        ? [`${one.vendor.name}${one.andBelow ? '/*' : ''} ${one.online ? 'online' : 'offline'}`]
        : [],
    )
  }

  get letters() {
    return this.batch.letters.map(({ reason, field, detail }) => ({ reason, field, detail }))
  }

  get reasons() {
    return this.batch.letters.map(({ reason, field }) => (field === null ? reason : `${reason} ${field}`))
  }

  get ignored() {
    return [...this.batch.ignored.values()].reduce((sum, values) => sum + values, 0)
  }

  /** Topics of the commands. */
  get commands() {
    return this.batch.commands.map(({ topic }) => topic)
  }
}

export const T = NOW - 60_000

export const bdSeq = (value: number): MetricToWrite => ({ name: 'bdSeq', datatype: TYPE.UInt64, long: value })

export const nodeBirth = (
  more: { seq?: number; bdSeq?: number; metrics?: MetricToWrite[] } = {},
): PayloadToWrite => ({
  timestamp: T,
  seq: more.seq ?? 0,
  metrics: [
    bdSeq(more.bdSeq ?? 0),
    { name: 'Node Control/Rebirth', datatype: TYPE.Boolean, boolean: false },
    ...(more.metrics ?? []),
  ],
})

/** Of an air sensor: CO2 by alias 1, temperature by 2, humidity by 3. */
export const AIR: MetricToWrite[] = [
  { name: 'Air/CO2', alias: 1, datatype: TYPE.UInt16, int: 612 },
  { name: 'Air/Temperature', alias: 2, datatype: TYPE.Float, float: 27.3 },
  { name: 'Air/Humidity', alias: 3, datatype: TYPE.Double, double: 61.5 },
]

export const deviceBirth = (seq: number, metrics: MetricToWrite[] = AIR): PayloadToWrite => ({
  timestamp: T,
  seq,
  metrics,
})

export const data = (
  seq: number,
  metrics: MetricToWrite[],
  timestamp: number | undefined = T,
): PayloadToWrite => ({
  ...(timestamp === undefined ? {} : { timestamp }),
  seq,
  metrics,
})
