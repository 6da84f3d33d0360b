import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { parseTopic } from '../shared/contract/topics.ts'
import type { FindingCode } from './broker-care/findings.ts'
import type { Message, Outcome } from './message.ts'
import type { ReasonCode } from './reasons.ts'
import { Talkers } from './talkers.ts'
import { Tally } from './tally.ts'

/**
 * What this program counts. The unit is the record; a message whose records are not known yet counts as one.
 * At any moment received = stored + duplicate + dead_letter + ignored + in_flight.
 */
export class IngestMetrics {
  readonly registry = new Registry()
  readonly #received = this.#tally(
    'received_total',
    'records received; a dead message that is carried again counts again',
  )
  readonly #stored = this.#tally('stored_total', 'records committed to the database')
  readonly #duplicate = this.#tally('duplicate_total', 'records that were there already')
  readonly #deadLetter = this.#counter('dead_letter_total', 'records kept as dead letters', [
    'kind',
    'reason',
  ])
  readonly #ignored = this.#tally(
    'ignored_total',
    'values that were understood and hold nothing to keep; a message of nothing else is one',
  )
  readonly #unread = this.#counter(
    'unread_values_total',
    'values whose meaning is not known or not clear; those of one message share a dead letter',
    ['kind', 'reason'],
  )
  readonly #faults = this.#counter('faults_total', 'records stored in spite of a fault in them', ['reason'])
  readonly #retried = this.#counter('retried_total', 'dead messages taken again, to be carried once more', [])
  readonly #dropped = this.#counter(
    'dropped_total',
    'messages at QoS 0 and last wills not taken because there was no room',
    [],
  )
  readonly #refused = this.#counter('refused_total', 'connections and requests refused before any message', [
    'reason',
  ])
  readonly #discarded = this.#counter(
    'discarded_total',
    'pushes answered and thrown away unread: personal data, or nothing of ours',
    ['table'],
  )
  #inFlight = 0
  readonly #commands = this.#counter('commands_total', 'commands published to devices', ['outcome'])
  readonly #sessions = new Gauge({
    name: 'ioc_ingest_sessions_held',
    help: 'sessions at the broker of MQTT_URL that this program holds',
    registers: [this.registry],
  })
  readonly #findings = new Gauge({
    name: 'ioc_ingest_broker_finding',
    help: '1 while it holds; docs/operate.md has the codes and the remedies',
    labelNames: ['code'],
    registers: [this.registry],
  })
  readonly #connections = new Gauge({
    name: 'ioc_ingest_connections',
    help: 'connections at the embedded broker',
    registers: [this.registry],
  })
  readonly #batch = new Histogram({
    name: 'ioc_ingest_batch_messages',
    help: 'messages stored in one transaction',
    buckets: [1, 3, 10, 30, 100, 300, 1_000, 3_000],
    registers: [this.registry],
  })
  readonly #commit = new Histogram({
    name: 'ioc_ingest_commit_seconds',
    help: 'time from the start of a batch to its commit, retries included',
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 30],
    registers: [this.registry],
  })

  readonly #talkers = new Talkers()
  readonly #formatOf: (topic: string) => string | undefined

  /** `formatOf` names the payload format of a topic that is not of our own protocol: records are counted by it. */
  constructor(version: string, formatOf: (topic: string) => string | undefined = () => undefined) {
    this.#formatOf = formatOf
    const inFlight = () => this.#inFlight
    new Gauge({
      name: 'ioc_ingest_in_flight',
      help: 'messages taken and not yet settled',
      registers: [this.registry],
      collect() {
        this.set(inFlight())
      },
    })
    const talkers = this.#talkers
    new Gauge({
      name: 'ioc_ingest_talker_messages_per_second',
      help: 'messages a second of the twenty topics with the most, over the last minute',
      labelNames: ['topic'],
      registers: [this.registry],
      collect() {
        this.reset()
        for (const { topic, messagesPerSecond } of talkers.busiest()) this.set({ topic }, messagesPerSecond)
      },
    })
    new Gauge({
      name: 'ioc_build_info',
      help: 'always 1; the labels say what runs',
      labelNames: ['program', 'version', 'node'],
      registers: [this.registry],
    }).set({ program: 'ingest', version, node: process.version }, 1)
  }

  /** Adds memory, CPU and event-loop figures of the process. */
  observeProcess(): void {
    collectDefaultMetrics({ register: this.registry })
  }

  taken(message: Message): void {
    this.#received.add(this.#kindOf(message), 1)
    this.#talkers.heard(message.topic)
    if (message.retryOf !== undefined) this.#retried.inc()
    this.#inFlight += 1
  }

  settled(message: Message, outcome: Outcome): void {
    const kind = this.#kindOf(message)
    const { stored, duplicate, rejected, ignored = 0 } = outcome
    this.#received.add(kind, stored + duplicate + rejected.length + ignored - 1)
    this.#ignored.add(kind, ignored)
    this.#inFlight -= 1
    this.#stored.add(kind, stored)
    this.#duplicate.add(kind, duplicate)
    for (const { reason } of rejected) this.#deadLetter.inc({ kind, reason })
  }

  /** Values of a message that share a dead letter. */
  unread(message: Message, reason: ReasonCode, values: number): void {
    this.#unread.inc({ kind: this.#kindOf(message), reason }, values)
  }

  committed(messages: number, seconds: number): void {
    this.#batch.observe(messages)
    this.#commit.observe(seconds)
  }

  connections(count: number): void {
    this.#connections.set(count)
  }

  /** Shows what waits at the embedded broker. */
  observeWaiting(bytes: () => number): void {
    new Gauge({
      name: 'ioc_ingest_waiting_bytes',
      help: 'bytes that wait at the embedded broker, not yet taken',
      registers: [this.registry],
      collect() {
        this.set(bytes())
      },
    })
  }

  /** A command has left for the broker, or there was no connection. */
  command(sent: boolean): void {
    this.#commands.inc({ outcome: sent ? 'sent' : 'unsent' })
  }

  sessions(held: number): void {
    this.#sessions.set(held)
  }

  finding(code: FindingCode, present: boolean): void {
    this.#findings.set({ code }, present ? 1 : 0)
  }

  fault(reason: 'inconsistent-roll'): void {
    this.#faults.inc({ reason })
  }

  dropped(): void {
    this.#dropped.inc()
  }

  /** `table` is one of a few words of ours, never what a sender wrote. */
  discarded(table: string): void {
    this.#discarded.inc({ table })
  }

  refused(reason: RefusalReason): void {
    this.#refused.inc({ reason })
  }

  #tally(name: string, help: string): Tally<'kind'> {
    return new Tally(`ioc_ingest_${name}`, help, 'kind', this.registry)
  }

  #kindOf({ topic }: Message): string {
    const kind = parseTopic(topic)?.kind
    if (kind !== undefined) return kind
    const format = this.#formatOf(topic)
    return format === undefined || format === 'native' ? 'unknown' : format
  }

  #counter<L extends string>(name: string, help: string, labelNames: L[]): Counter<L> {
    return new Counter({ name: `ioc_ingest_${name}`, help, labelNames, registers: [this.registry] })
  }
}

export type RefusalReason =
  | 'too-large'
  | 'malformed'
  | 'bad-topic'
  | 'not-allowed'
  | 'silent'
  | 'busy'
  | 'unavailable'
  | 'bad-signature'
  | 'off'
