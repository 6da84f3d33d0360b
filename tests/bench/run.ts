import { publish, type Report } from './report.ts'

/** `npm run bench -- <name> [--seconds N]`. Exit code 1 when a goal is not met. */
const benches: Record<string, (options: { seconds: number | undefined }) => Promise<Report | Report[]>> = {
  checkins: async (options) => (await import('./checkins.ts')).checkins(options),
  latency: async (options) => (await import('./latency.ts')).latency(options),
  flood: async (options) => (await import('./flood.ts')).flood(options),
  outage: async (options) => (await import('./outage.ts')).outage(options),
  kill: async () => (await import('./ingest/kill.ts')).kill(),
  ingest: async () => (await import('./ingest/ingest.ts')).ingest(),
}

const [name, ...rest] = process.argv.slice(2)
const bench = name === undefined ? undefined : benches[name]
if (!bench) {
  console.error(`Name a bench: ${Object.keys(benches).join(', ')}`)
  process.exit(64)
}
const at = rest.indexOf('--seconds')
const seconds = at < 0 ? undefined : Number(rest[at + 1])
let reports: Report[] = []
try {
  reports = [await bench({ seconds })].flat()
} catch (error) {
  // Processes that a failed bench has started must not keep it alive.
  console.error(error)
  process.exit(70)
}
for (const report of reports) publish(report, new Date())
for (const report of reports) console.log(JSON.stringify(report))
process.exit(reports.every((report) => report.goals.every((goal) => goal.met)) ? 0 : 1)
