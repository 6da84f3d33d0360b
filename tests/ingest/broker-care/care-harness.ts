import { onTestFinished, vi } from 'vitest'
import { BrokerCare, type CarePace } from '../../../ingest/broker-care/broker-care.ts'
import type { Intake } from '../../../ingest/message.ts'
import { IngestMetrics } from '../../../ingest/metrics.ts'
import { type BrokerAddress, brokerName } from '../../../ingest/mqtt/connection.ts'
import { Leases } from '../../../ingest/sessions/leases.ts'
import { Sessions } from '../../../ingest/sessions/sessions.ts'
import type { Database } from '../../../shared/db/connect.ts'
import { realClock } from '../../../shared/node/clock.ts'
import { silentLog } from '../../helpers/database.ts'

export interface CareHarness {
  codes(): string[]
  care: BrokerCare
  metrics: IngestMetrics
  stop(): Promise<void>
}

export interface CareOptions {
  database: Database
  url: string
  pace: CarePace
  owner: string
  credentials?: { username: string; password: string }
  filters?: string[]
}

const takesEverything: Intake = {
  offer: (message) => {
    message.settle({ stored: 1, duplicate: 0, rejected: [] })
    return true
  },
  whenRoom: (resume) => setImmediate(resume),
  drained: () => Promise.resolve(),
}

/** The sessions of a program and the care for their broker, at a pace of the test's own, without the rest of ingest. */
export async function startCare(options: CareOptions): Promise<CareHarness> {
  const { database, url, owner, pace } = options
  const { username, password } = options.credentials ?? { username: undefined, password: undefined }
  const tlsFiles = { ca: undefined, cert: undefined, key: undefined }
  const address: BrokerAddress = { url, username, password, tlsFiles }
  const metrics = new IngestMetrics('0.0.0')
  const worker = `${owner}-test`
  const leases = new Leases({ database, broker: brokerName(url), owner, worker })
  const sessions = new Sessions({
    ...{ address, owner, leases, worker, metrics },
    ...{ count: 1, filters: options.filters ?? ['ioc/v1/#'], receiveMaximum: 1_000 },
    onChange: () => care.onChange(),
    ...{ intake: takesEverything, clock: realClock, log: silentLog },
  })
  const care = new BrokerCare({
    ...{ address, owner, sessions, database, metrics, pace },
    receiveMaximum: 1_000,
    log: silentLog,
  })
  await sessions.start()
  care.start()
  let stopped: Promise<void> | undefined
  const stop = () => {
    care.stop()
    stopped ??= sessions.stop(1_000)
    return stopped
  }
  onTestFinished(stop)
  await vi.waitFor(() => {
    if (!sessions.connected) throw new Error('not connected')
  }, 5_000)
  return { codes: () => care.findings().map(({ code }) => code), care, metrics, stop }
}
