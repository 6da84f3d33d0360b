import { createHash } from 'node:crypto'
import { Agent, request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { PROVINCE_OFFSET_MS } from '../../shared/domain/time.ts'
import { createClock, parseClock } from '../../shared/node/clock.ts'
import { summarise } from './statistics.ts'

/**
 * Run as a process of its own by the bench: pushes passages at gates as HANET and ZKTeco do, at the rate of a morning,
 * sends every tenth push twice, sends again what is refused, and reports by IPC how long each push waited for its
 * answer, in quiet and at the peak.
 */
const Settings = z.object({
  url: z.string(),
  clock: z.string(),
  seconds: z.number(),
  /** Passages a second, most of the time. */
  rate: z.number(),
  /** Passages a second while `peakSeconds` in the middle last. */
  peak: z.number(),
  peakSeconds: z.number(),
  secret: z.string(),
  cameras: z.array(z.string()),
  terminals: z.array(z.string()),
})

const CONNECTIONS = 200
const BURST_MS = 20
const LINES = 3
const MOST_ATTEMPTS = 50

const settings = Settings.parse(JSON.parse(process.argv[2] ?? '{}'))
const clock = createClock(parseClock(settings.clock))
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
const waits: { quiet: number[]; peak: number[] } = { quiet: [], peak: [] }
let passages = 0
let pushes = 0
let again = 0
let refused = 0
let lost = 0
let underWay = 0

interface Push {
  path: string
  type: string
  body: string
}

/** Of one camera: one passage a push, each with an id of its own. */
function cameraPush(n: number): Push {
  const id = `bench-${n}`
  const event = {
    action_type: 'update',
    data_type: 'log',
    id,
    hash: createHash('md5').update(`${settings.secret}${id}`).digest('hex'),
    deviceID: settings.cameras[n % settings.cameras.length],
    personType: '1',
    personID: `${n}`,
    personName: `Học sinh ${n}`,
    time: Math.round(clock.now()),
  }
  return { path: '/api/v1/push/hanet', type: 'application/json', body: JSON.stringify(event) }
}

/** Of one terminal: several records a push, as they gather while it waits for an answer. */
function terminalPush(n: number): Push {
  const terminal = settings.terminals[n % settings.terminals.length]
  const time = new Date(clock.now() + PROVINCE_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ')
  const lines = Array.from({ length: LINES }, (_, at) => [n * LINES + at, time, 0, 15, 0, 0, 0].join('\t'))
  const path = `/iclock/cdata?SN=${terminal}&table=ATTLOG&Stamp=9999`
  return { path, type: 'text/plain', body: lines.join('\n') }
}

function post({ path, type, body }: Push): Promise<number> {
  return new Promise((resolve) => {
    const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body) }
    const call = request(`${settings.url}${path}`, { agent, method: 'POST', headers }, (reply) => {
      reply.resume()
      reply.on('end', () => resolve(reply.statusCode ?? 0))
    })
    call.on('error', () => resolve(0))
    call.end(body)
  })
}

/** Until it is taken: a camera's cloud and a terminal keep what was refused. */
async function deliver(push: Push, atPeak: boolean): Promise<void> {
  underWay++
  const since = performance.now()
  for (let attempt = 0; ; attempt++) {
    const status = await post(push)
    if (status === 200) break
    refused++
    if (attempt === MOST_ATTEMPTS) {
      lost++
      break
    }
    await delay(1_000)
  }
  waits[atPeak ? 'peak' : 'quiet'].push(performance.now() - since)
  underWay--
}

const start = performance.now()
const peakFrom = (settings.seconds - settings.peakSeconds) / 2
const isPeak = (at: number) => at >= peakFrom && at < peakFrom + settings.peakSeconds
/** Passages due after so many seconds. */
const due = (at: number) => {
  const inPeak = Math.min(settings.peakSeconds, Math.max(0, at - peakFrom))
  return (at - inPeak) * settings.rate + inPeak * settings.peak
}

for (let at = 0; at < settings.seconds; ) {
  at = Math.min(settings.seconds, (performance.now() - start) / 1000)
  while (passages < due(at)) {
    const isCamera = pushes % (LINES + 1) !== LINES
    const push = isCamera ? cameraPush(pushes) : terminalPush(pushes)
    passages += isCamera ? 1 : LINES
    pushes++
    void deliver(push, isPeak(at))
    if (pushes % 10 === 0) {
      again++
      void deliver(push, isPeak(at))
    }
  }
  await delay(BURST_MS)
}
for (const until = performance.now() + 60_000; underWay > 0 && performance.now() < until; ) await delay(50)
const result = { passages, pushes, again, refused, lost: lost + underWay }
process.send?.(
  { ...result, quiet: summarise(waits.quiet), peak: summarise(waits.peak) },
  undefined,
  undefined,
  () => process.exit(0),
)
