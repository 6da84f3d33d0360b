import type { ReasonCode } from './reasons.ts'

/**
 * Words of this room.
 * message: what a device or a school system sent at once, by MQTT or HTTP. record: what a message says about one
 * thing (a reading, a roll, a passage, a status, a connection). outcome: what became of a message's records.
 * dead letter: a record that could not be stored, kept with the message's bytes and the reason.
 */
export interface Message {
  readonly topic: string
  readonly payload: Buffer
  readonly qos: 0 | 1 | 2
  /** Sent from the broker's store because somebody subscribed, not because it was published now. */
  readonly retained: boolean
  /** The sender marked it as sent before. */
  readonly dup: boolean
  /** Clock time of arrival, milliseconds since 1970. */
  readonly receivedAt: number
  readonly source: 'mqtt' | 'http'
  /** Of the connection that published it, where the embedded broker knows one; some formats name their device by nothing else. */
  readonly username: string | undefined
  /** The dead message that is carried again; what becomes of it replaces that one. */
  readonly retryOf?: number
  /** Called once, after the transaction with all its records and dead letters has committed. */
  settle(outcome: Outcome): void
}

export interface Rejection {
  reason: ReasonCode
  /** Where in the body, such as `[3].values.co2`; null: the message as a whole. */
  field: string | null
  value: string
  detail: string
  remedy: string
}

export interface Outcome {
  stored: number
  duplicate: number
  rejected: Rejection[]
  /** Values that were understood and hold nothing to keep, such as a gateway's own counters; a message of nothing else is one. */
  ignored?: number
}

/** What is sent back to devices, such as a request for their birth message. Best effort: nothing waits for it. */
export interface Commands {
  publish(topic: string, payload: Buffer): void
}

/** Whether anything of a message is in the database, or nothing was to be kept: only then may a broker hand it on. */
export function isAccepted(outcome: Outcome): boolean {
  const { stored, duplicate, rejected, ignored = 0 } = outcome
  return stored + duplicate > 0 || (ignored > 0 && rejected.length === 0)
}

/** Where the broker, the source and HTTP hand in messages. */
export interface Intake {
  /** False when there is no room: the message was not taken, and whoever brought it must wait or refuse. */
  offer(message: Message): boolean
  /** Calls back once, when there is room again. */
  whenRoom(resume: () => void): void
  /** Resolves when everything taken is settled, or after `patienceMs`. */
  drained(patienceMs: number): Promise<void>
}

/** Sends commands to devices, at QoS 0 and as well as it can: what cannot leave now is counted and forgotten. */
export interface Commands {
  publish(topic: string, payload: Buffer): void
}
