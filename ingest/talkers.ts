import type { Clock } from '../shared/node/clock.ts'

export interface Talker {
  topic: string
  messagesPerSecond: number
}

const MOST_SHOWN = 20
/** More topics than the province has devices and schools; what comes beyond them in a window is counted together. */
const MOST_COUNTED = 50_000
const OTHERS = '(others)'
const MOST_TOPIC_LENGTH = 100
const WINDOW_MS = 60_000
/** A window younger than this says little. */
const TELLING_MS = 10_000

interface Window {
  since: number
  until: number
  messages: Map<string, number>
}

/** Who sends the most: messages by topic, counted a minute at a time. */
export class Talkers {
  readonly #clock: Clock
  #now: Window
  #before: Window | undefined

  /** @param clock monotonic, in milliseconds */
  constructor(clock: Clock = { now: () => performance.now() }) {
    this.#clock = clock
    this.#now = this.#open()
  }

  heard(topic: string): void {
    this.#turn()
    const { messages } = this.#now
    const name = topic.length > MOST_TOPIC_LENGTH ? `${topic.slice(0, MOST_TOPIC_LENGTH)}…` : topic
    const counted = messages.size < MOST_COUNTED || messages.has(name) ? name : OTHERS
    messages.set(counted, (messages.get(counted) ?? 0) + 1)
  }

  /** The busiest first. */
  busiest(): Talker[] {
    this.#turn()
    this.#now.until = this.#clock.now()
    const young = this.#now.until - this.#now.since < TELLING_MS
    const { since, until, messages } = young && this.#before ? this.#before : this.#now
    const seconds = Math.max(1, (until - since) / 1000)
    return mostOf(messages).map(([topic, count]) => ({ topic, messagesPerSecond: count / seconds }))
  }

  #turn(): void {
    const now = this.#clock.now()
    if (now - this.#now.since < WINDOW_MS) return
    this.#before = { ...this.#now, until: now }
    this.#now = this.#open()
  }

  #open(): Window {
    const since = this.#clock.now()
    return { since, until: since, messages: new Map() }
  }
}

/** The entries with the highest counts, in one pass: there are tens of thousands, and few are asked for. */
function mostOf(counts: ReadonlyMap<string, number>): [string, number][] {
  const most: [string, number][] = []
  for (const entry of counts) {
    const full = most.length === MOST_SHOWN
    if (full && entry[1] <= most[MOST_SHOWN - 1]![1]) continue
    if (full) most.pop()
    const at = most.findIndex(([, count]) => count < entry[1])
    most.splice(at < 0 ? most.length : at, 0, entry)
  }
  return most
}
