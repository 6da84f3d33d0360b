import { runCommand } from '../../shared/node/command.ts'
import { readLettersCommand } from './arguments.ts'
import { carryOut } from './command.ts'

/** `npm run deadletters -- list|show|retry|export`: what could not be stored, for people. */
await runCommand(() => carryOut(readLettersCommand(process.argv.slice(2)), process.env))
