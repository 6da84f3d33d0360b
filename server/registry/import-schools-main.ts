import { runCommand } from '../../shared/node/command.ts'
import { runImport } from './import-command.ts'
import { importSchools } from './importer.ts'

const USAGE = 'npm run import:schools -- schools.csv [--dry-run] [--partial] [--simulated]'

await runCommand(() => runImport(importSchools, USAGE, process.argv.slice(2), process.env))
