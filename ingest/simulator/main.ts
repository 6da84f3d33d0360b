import { createClock, isSimulated, realClock } from '../../shared/node/clock.ts'
import { readConfig } from '../../shared/node/config.ts'
import { Lifecycle, type Program, runProgram } from '../../shared/node/lifecycle.ts'
import { createLog } from '../../shared/node/log.ts'
import { Simulator } from './app.ts'
import { SimulatorSettings } from './config.ts'
import { createProvince } from './province/province.ts'
import { Publisher } from './publisher.ts'
import { scenarioFolder } from './scenario-folder.ts'

/** A province of simulated schools: a plain MQTT client, without any other way into the system. */
const log = createLog('simulator', process.env['LOG_LEVEL'] ?? 'info')

const CONNECTIONS = 4
const WINDOW = 1_000
const BACKGROUND_WINDOW = 600
const DRAIN_MS = 1_000

await runProgram(log, async (): Promise<Program> => {
  const config = readConfig(SimulatorSettings, process.env)
  const lifecycle = new Lifecycle(log)
  const now = realClock.now()
  const ownClock = { real: now, shown: now, speed: config.SIM_SPEED }
  const clock = createClock(isSimulated(config.IOC_CLOCK) ? config.IOC_CLOCK : ownClock)
  const publisher = new Publisher({
    url: config.SIM_BROKER,
    clientId: `ioc-simulator-${config.SIM_SEED}`,
    connections: CONNECTIONS,
    window: WINDOW,
    patienceMs: 30_000,
    log,
  })
  lifecycle.onStop('publisher', () => publisher.stop(DRAIN_MS))
  try {
    await publisher.start()
    const simulator = new Simulator({
      province: createProvince(config.SIM_SEED, config.SIM_SCHOOLS),
      clock,
      publisher,
      scenarioFolder: scenarioFolder(config.DATA_DIR),
      log,
      backgroundWindow: BACKGROUND_WINDOW,
    })
    lifecycle.onStop('simulator', () => simulator.stop())
    simulator.start()
  } catch (error) {
    await lifecycle.stop()
    throw error
  }
  return { stop: () => lifecycle.stop() }
})
