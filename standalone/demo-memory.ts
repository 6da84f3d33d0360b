import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { IocError } from '../shared/node/errors.ts'
import type { Stored } from './prepare-database.ts'
import type { StandaloneSettings } from './settings.ts'

const describe = ({ SIM_SCHOOLS, SIM_SEED }: StandaloneSettings) =>
  `SIM_SCHOOLS=${SIM_SCHOOLS} SIM_SEED=${SIM_SEED}`
const file = (folder: string) => join(folder, 'province')

/** Writes down which province was registered. */
export function rememberDemo(folder: string, settings: StandaloneSettings): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(file(folder), describe(settings))
}

/**
 * A simulator of another size or seed would speak for schools that nobody registered.
 * @throws IocError demo-differs
 */
export function requireSameDemo(folder: string, settings: StandaloneSettings, stored: Stored): void {
  const wanted = describe(settings)
  const was = existsSync(file(folder))
    ? readFileSync(file(folder), 'utf8')
    : `SIM_SCHOOLS=${stored.simulatedSchools}`
  const same =
    was === wanted || (!existsSync(file(folder)) && stored.simulatedSchools === settings.SIM_SCHOOLS)
  if (!same) throw new IocError('demo-differs', { was, wanted })
}
