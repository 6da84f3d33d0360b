import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { areasData } from '../../shared/db/reference.ts'
import { PROVINCE_OFFSET_MS } from '../../shared/domain/time.ts'
import { badArguments, readArguments, runCommand } from '../../shared/node/command.ts'
import { readConfig } from '../../shared/node/config.ts'
import { coerceError, errorCode, IocError } from '../../shared/node/errors.ts'
import { SimulatorSettings } from './config.ts'
import { areaName, SCENARIO_HELP, type Scenario, ScenarioName, type ScenarioRequest } from './scenario.ts'
import { readRunning, scenarioFolder, withdrawRequest, writeRequest } from './scenario-folder.ts'

const NAMES = ScenarioName.options.join('|')
const USAGE = `npm run scenario -- ${NAMES} [--area 40] [--minutes 15]`
const OPTIONS = {
  area: { type: 'string', default: '40' },
  minutes: { type: 'string', default: '15' },
} as const
/** The simulator looks once a second. */
const PATIENCE_MS = 4_000

/** Asks the running simulator for something out of the ordinary, and waits until it has begun. */
await runCommand(async () => {
  const request = readRequest(process.argv.slice(2))
  const settings = readConfig(SimulatorSettings.pick({ DATA_DIR: true }), process.env)
  const folder = scenarioFolder(settings.DATA_DIR)
  const id = randomUUID()
  try {
    writeRequest(folder, id, request)
  } catch (error) {
    throw new IocError('folder-unwritable', { folder, why: errorCode(error) ?? coerceError(error).message })
  }
  const scenario = await awaitRunning(folder, id)
  if (scenario === undefined) {
    withdrawRequest(folder, id)
    throw new IocError('simulator-absent', { folder: settings.DATA_DIR })
  }
  const until = new Date(scenario.endsAt + PROVINCE_OFFSET_MS).toISOString().slice(11, 16)
  console.log(
    `${request.name}: ${SCENARIO_HELP[request.name]}, in ${areaName(request.area)}, until ${until} on the simulated clock.`,
  )
  return 0
})

function readRequest(argv: readonly string[]): ScenarioRequest {
  const { values, positionals } = readArguments(argv, OPTIONS, USAGE)
  const name = ScenarioName.safeParse(positionals[0])
  if (!name.success || positionals.length > 1) {
    const help = ScenarioName.options.map((one) => `${one} (${SCENARIO_HELP[one]})`).join(', ')
    throw badArguments(`Name one scenario: ${help}`, USAGE)
  }
  if (areaName(values.area) === undefined) {
    const districts = areasData().districts.map((district) => `${district.code} ${district.nameVi}`)
    throw badArguments(
      `There is no area ${values.area}; take 40 (the whole province), a former district (${districts.join(', ')}) or the five digits of a commune`,
      USAGE,
    )
  }
  const minutes = z.coerce.number().min(1).max(1440).safeParse(values.minutes)
  if (!minutes.success) throw badArguments('--minutes is a number from 1 to 1440', USAGE)
  return { name: name.data, area: values.area, minutes: minutes.data }
}

async function awaitRunning(folder: string, id: string): Promise<Scenario | undefined> {
  const until = Date.now() + PATIENCE_MS
  for (;;) {
    const scenario = readRunning(folder, id)
    if (scenario !== undefined || Date.now() >= until) return scenario
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
