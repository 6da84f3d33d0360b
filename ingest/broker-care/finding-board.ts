import type { Finding } from '../../shared/contract/finding.ts'
import type { Logger } from '../../shared/node/log.ts'
import type { IngestMetrics } from '../metrics.ts'
import { type FindingCode, finding, findingCatalogue } from './findings.ts'
import type { Observation } from './observe.ts'

const LEVELS = { critical: 'error', warning: 'warn', info: 'info' } as const

/** The findings that hold now: since when, one line in the log when one comes or goes, and a metric for each. */
export class FindingBoard {
  readonly #metrics: IngestMetrics
  readonly #log: Logger
  #held = new Map<FindingCode, Finding>()

  constructor(metrics: IngestMetrics, log: Logger) {
    this.#metrics = metrics
    this.#log = log
  }

  /** Worst first. */
  get findings(): Finding[] {
    const order = Object.keys(LEVELS)
    return [...this.#held.values()].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
  }

  /** `logged`: what its finder has put into the log already. */
  show(observed: ReadonlyMap<FindingCode, Observation>, now: number, logged: ReadonlySet<FindingCode>): void {
    const held = new Map<FindingCode, Finding>()
    for (const [code, { params, since }] of observed) {
      const before = this.#held.get(code)
      const first = since ?? (before ? Date.parse(before.since) : now)
      const found = finding(code, params, first)
      held.set(code, found)
      if (!before && !logged.has(code))
        this.#log[LEVELS[found.severity]]({ code, setting: found.setting }, found.en)
    }
    for (const code of this.#held.keys()) {
      if (!held.has(code) && !logged.has(code)) this.#log.info({ code }, 'finding settled')
    }
    for (const code of Object.keys(findingCatalogue) as FindingCode[])
      this.#metrics.finding(code, held.has(code))
    this.#held = held
  }
}
