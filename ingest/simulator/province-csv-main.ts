import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { badArguments, readArguments, runCommand } from '../../shared/node/command.ts'
import { coerceError, errorCode, IocError } from '../../shared/node/errors.ts'
import { devicesCsv, schoolsCsv } from './province/csv.ts'
import { WHOLE_PROVINCE } from './province/levels.ts'
import { createProvince } from './province/province.ts'

/** Writes the simulated province as schools.csv and devices.csv, for the importers. */
const USAGE = 'tsx ingest/simulator/province-csv-main.ts --out folder [--schools 1517] [--seed 102]'

const OPTIONS = {
  out: { type: 'string' },
  schools: { type: 'string', default: String(WHOLE_PROVINCE) },
  seed: { type: 'string', default: '102' },
} as const

const Arguments = z.object({
  out: z.string('--out names the folder to write to').min(1),
  schools: z.coerce.number('--schools is a number').int().min(1).max(WHOLE_PROVINCE),
  seed: z.coerce.number('--seed is a number').int().min(0),
})

await runCommand(async () => {
  const { values } = readArguments(process.argv.slice(2), OPTIONS, USAGE)
  const parsed = Arguments.safeParse(values)
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `--${String(issue.path[0])}: ${issue.message}`)
    throw badArguments(problems.join('; '), USAGE)
  }
  const { out, schools, seed } = parsed.data
  const province = createProvince(seed, schools)
  try {
    mkdirSync(out, { recursive: true })
    writeFileSync(join(out, 'schools.csv'), schoolsCsv(province))
    writeFileSync(join(out, 'devices.csv'), devicesCsv(province))
  } catch (error) {
    throw new IocError('folder-unwritable', {
      folder: out,
      why: errorCode(error) ?? coerceError(error).message,
    })
  }
  const devices = province.schools.reduce((sum, school) => sum + school.devices.length, 0)
  console.log(`${out}: ${schools} schools, ${devices} devices, seed ${seed}`)
  return 0
})
