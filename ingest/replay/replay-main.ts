import { readFile } from 'node:fs/promises'
import { Presets, SingleBar } from 'cli-progress'
import { createClock } from '../../shared/node/clock.ts'
import { clockBeside } from '../../shared/node/clock-file.ts'
import { badArguments, EXIT_BAD_DATA, runCommand } from '../../shared/node/command.ts'
import { coerceError, errorCode, IocError } from '../../shared/node/errors.ts'
import { createLog } from '../../shared/node/log.ts'
import { Publisher } from '../simulator/publisher.ts'
import { type Replay, readReplay, USAGE } from './arguments.ts'
import { sendSeries } from './send-series.ts'
import { readSeries, type Series, SeriesError, shiftToPresent } from './series.ts'

const WINDOW = 200
const PATIENCE_MS = 10_000
const DRAIN_MS = 5_000
/** Clocks of devices may be this far ahead; the collector refuses what is further (domain facts, section 7). */
const AHEAD_MS = 5 * 60_000

/** Sends a measured series through MQTT and accounts for every row of its file. */
await runCommand(async () => {
  const replay = readReplay(process.argv.slice(2))
  const series = await load(replay)
  const clock = createClock(clockBeside(process.env))
  const points = replay.shift === 'today' ? shiftToPresent(series.points, clock.now()) : series.points
  const log = createLog('replay', process.env['LOG_LEVEL'] ?? 'warn')
  const publisher = new Publisher({
    url: replay.broker,
    clientId: `ioc-replay-${process.pid}`,
    connections: 1,
    window: WINDOW,
    patienceMs: PATIENCE_MS,
    log,
  })
  const bar = new SingleBar({ stream: process.stderr, hideCursor: true }, Presets.shades_classic)
  try {
    await publisher.start()
    if (process.stderr.isTTY) bar.start(points.length, 0)
    const onAnswered = () => bar.increment(1)
    const refused = await sendSeries(points, { ...replay, publisher, onAnswered })
    bar.stop()
    return report(series, refused, points.filter(({ ts }) => ts > clock.now() + AHEAD_MS).length)
  } finally {
    bar.stop()
    await publisher.stop(DRAIN_MS)
  }
})

async function load(replay: Replay): Promise<Series> {
  const { file, zone: zoneMs, map, 'time-column': timeColumn } = replay
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new IocError('file-unreadable', { file, why: errorCode(error) ?? coerceError(error).message })
  })
  try {
    return readSeries(text, { timeColumn, map, zoneMs })
  } catch (error) {
    if (error instanceof SeriesError) throw badArguments(`${file}: ${error.message}`, USAGE)
    throw error
  }
}

/** Says what became of every row; the exit code is 0 when all were sent whole and acknowledged. */
function report(series: Series, refused: readonly number[], ahead: number): number {
  for (const { line, whole, reason } of series.omissions) {
    console.error(whole ? `line ${line}: skipped, ${reason}` : `line ${line}: sent without a cell, ${reason}`)
  }
  for (const line of refused) console.error(`line ${line}: refused by the broker`)
  const skipped = series.omissions.filter(({ whole }) => whole).length
  const sent = series.points.length - refused.length
  const rows = series.points.length + skipped
  console.log(`${rows} rows: ${sent} sent and acknowledged, ${skipped} skipped, ${refused.length} refused.`)
  if (ahead > 0) {
    console.log(`${ahead} of them lie in the future; a collector does not take them.`)
  }
  return series.omissions.length + refused.length > 0 ? EXIT_BAD_DATA : 0
}
