import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { port } from '../shared/node/config.ts'
import { commonSettings } from '../shared/node/program-environment.ts'

/** Settings of the program `server`. */
export const ServerSettings = z.object({
  ...commonSettings,
  PORT: port(3000).describe('port of the web pages, the API and the live link; 0 for any free one'),
  HOST: z
    .string()
    .default('127.0.0.1')
    .describe('address to listen on; 127.0.0.1 is reached from this machine only'),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'postgres://user:password@host:port/name' })
    .describe('the TimescaleDB database; npm start fills it in for the embedded one'),
  INGEST_URL: z
    .string()
    .default('')
    .transform((text) => text.split(',').flatMap((url) => url.trim() || []))
    .pipe(z.array(z.url({ protocol: /^https?$/, error: 'http://host:port of the ingest program' })))
    .describe(
      'where the ingest programs answer /readyz and /metrics, for /api/v1/status; commas between several',
    ),
  IOC_MAINTENANCE: z
    .enum(['auto', 'own', 'policies'])
    .default('auto')
    .describe(
      'who refreshes aggregates, compresses and drops old data: own (this server), policies (jobs of TimescaleDB), auto (policies where jobs run)',
    ),
})
export type ServerSettings = z.infer<typeof ServerSettings>

/**
 * The version of this product as package.json has it, and after a + what tells one build of the pages from another:
 * a wall loads itself again when it changes. `index.html` names every asset by its content.
 */
export function productVersion(clientFolder: string): string {
  const file = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(file))
  const page = join(clientFolder, 'index.html')
  if (!existsSync(page)) return version
  return `${version}+${createHash('sha256').update(readFileSync(page)).digest('hex').slice(0, 8)}`
}
