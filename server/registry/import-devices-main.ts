import { runCommand } from '../../shared/node/command.ts'
import { runImport } from './import-command.ts'
import { importDevices } from './importer.ts'

const USAGE = 'npm run import:devices -- devices.csv [--dry-run] [--partial] [--simulated]'

await runCommand(() => runImport(importDevices, USAGE, process.argv.slice(2), process.env))
