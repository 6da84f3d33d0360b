import { publish, type Report } from './report.ts'

/** `npm run bench -- <name> [--seconds N]`. Exit code 1 when a goal is not met. */
const benches: Record<string, (options: { seconds: number | undefined }) => Promise<Report>> = {
  flood: async (options) => (await import('./flood.ts')).flood(options),
  kills: async (options) => (await import('./kills.ts')).kills(options),
  latency: async (options) => (await import('./latency.ts')).latency(options),
  outage: async (options) => (await import('./outage.ts')).outage(options),
}

const [name, ...rest] = process.argv.slice(2)
const bench = name === undefined ? undefined : benches[name]
if (!bench) {
  console.error(`Name a bench: ${Object.keys(benches).join(', ')}`)
  process.exit(64)
}
const at = rest.indexOf('--seconds')
const seconds = at < 0 ? undefined : Number(rest[at + 1])
const report = await bench({ seconds })
publish(report, new Date())
process.exit(report.goals.every((goal) => goal.met) ? 0 : 1)
