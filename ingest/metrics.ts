import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { parseTopic } from '../shared/contract/topics.ts'
import type { FindingCode } from './broker-care/findings.ts'
import type { Message, Outcome } from './message.ts'

/**
 * What this program counts. The unit is the record; a message whose records are not known yet counts as one.
 * At any moment received = stored + duplicate + dead_letter + in_flight.
 */
export class IngestMetrics {
  readonly registry = new Registry()
  readonly #received = this.#counter('received_total', 'records received', ['kind'])
  readonly #stored = this.#counter('stored_total', 'records committed to the database', ['kind'])
  readonly #duplicate = this.#counter('duplicate_total', 'records that were there already', ['kind'])
  readonly #deadLetter = this.#counter('dead_letter_total', 'records kept as dead letters', [
    'kind',
    'reason',
  ])
  readonly #faults = this.#counter('faults_total', 'records stored in spite of a fault in them', ['reason'])
  readonly #dropped = this.#counter('dropped_total', 'QoS 0 messages not taken because there was no room', [])
  readonly #refused = this.#counter('refused_total', 'connections and requests refused before any message', [
    'reason',
  ])
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
  readonly #inFlight = new Gauge({
    name: 'ioc_ingest_in_flight',
    help: 'messages taken and not yet settled',
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

  constructor(version: string) {
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
    this.#received.inc({ kind: kindOf(message) })
    this.#inFlight.inc()
  }

  settled(message: Message, outcome: Outcome): void {
    const kind = kindOf(message)
    const { stored, duplicate, rejected } = outcome
    this.#received.inc({ kind }, stored + duplicate + rejected.length - 1)
    this.#inFlight.dec()
    if (stored > 0) this.#stored.inc({ kind }, stored)
    if (duplicate > 0) this.#duplicate.inc({ kind }, duplicate)
    for (const { reason } of rejected) this.#deadLetter.inc({ kind, reason })
  }

  committed(messages: number, seconds: number): void {
    this.#batch.observe(messages)
    this.#commit.observe(seconds)
  }

  connections(count: number): void {
    this.#connections.set(count)
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

  refused(reason: RefusalReason): void {
    this.#refused.inc({ reason })
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

function kindOf(message: Message): string {
  return parseTopic(message.topic)?.kind ?? 'unknown'
}
