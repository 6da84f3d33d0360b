import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { AreaCode } from '../../shared/contract/primitives.ts'
import { AFTER_EFFECTS_MS, type Scenario, ScenarioName, ScenarioRequest } from './scenario.ts'

/**
 * How a scenario is asked of the running simulator: a request is a file in the data folder; the simulator takes it
 * away and leaves a running scenario in its place, until its effects are over. A restarted simulator goes on with
 * what runs.
 */
const REQUEST = '.request.json'
const RUNNING = '.running.json'

const Running = z.strictObject({
  id: z.string(),
  name: ScenarioName,
  area: AreaCode,
  startsAt: z.number(),
  endsAt: z.number(),
})

export function scenarioFolder(dataDir: string): string {
  return join(dataDir, 'scenarios')
}

/** Puts a request into the folder, whole or not at all. */
export function writeRequest(folder: string, id: string, request: ScenarioRequest): void {
  mkdirSync(folder, { recursive: true })
  writeWhole(join(folder, `${id}${REQUEST}`), request)
}

export function withdrawRequest(folder: string, id: string): void {
  rmSync(join(folder, `${id}${REQUEST}`), { force: true })
}

/** The running scenario of a request, once a simulator has taken it. */
export function readRunning(folder: string, id: string): Scenario | undefined {
  return readJson(join(folder, `${id}${RUNNING}`), Running)
}

export interface TakenRequests {
  started: Scenario[]
  /** Files that are no requests; they are removed. */
  unreadable: string[]
}

/** Takes all requests in the folder and starts them at `now` (simulated clock, milliseconds). */
export function takeRequests(folder: string, now: number): TakenRequests {
  const taken: TakenRequests = { started: [], unreadable: [] }
  for (const file of filesOf(folder, REQUEST)) {
    const path = join(folder, file)
    const request = readJson(path, ScenarioRequest)
    rmSync(path, { force: true })
    if (request === undefined) {
      taken.unreadable.push(file)
      continue
    }
    const id = file.slice(0, -REQUEST.length)
    const { name, area, minutes } = request
    const scenario = { id, name, area, startsAt: now, endsAt: now + minutes * 60_000 }
    writeWhole(join(folder, `${id}${RUNNING}`), scenario)
    taken.started.push(scenario)
  }
  return taken
}

/** Scenarios whose effects are not over at `now`; the files of all others are removed. */
export function loadRunning(folder: string, now: number): Scenario[] {
  const running: Scenario[] = []
  for (const file of filesOf(folder, RUNNING)) {
    const scenario = readJson(join(folder, file), Running)
    // One from the future was started under another clock, which this one will not reach in a meaningful way.
    if (scenario && scenario.startsAt <= now && !isOver(scenario, now)) running.push(scenario)
    else rmSync(join(folder, file), { force: true })
  }
  return running
}

export function isOver(scenario: Scenario, now: number): boolean {
  return now > scenario.endsAt + AFTER_EFFECTS_MS
}

function filesOf(folder: string, ending: string): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith(ending))
      .sort()
  } catch {
    return []
  }
}

function readJson<S extends z.ZodType>(path: string, schema: S): z.infer<S> | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return undefined
  }
}

function writeWhole(path: string, value: unknown): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(value)}\n`)
  renameSync(`${path}.new`, path)
}
