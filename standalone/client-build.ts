import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const STAMP = join(ROOT, 'dist/client/build-stamp')
/** Everything the built pages are made from. */
const INPUTS = ['client', 'shared/contract', 'shared/domain', 'vite.config.ts', 'package-lock.json']

/** Builds the pages, unless the last build was made from the same files. Returns whether it built. */
export async function buildClient(): Promise<boolean> {
  const stamp = fingerprint()
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp) return false
  const { build } = await import('vite')
  await build({ root: join(ROOT, 'client'), configFile: join(ROOT, 'vite.config.ts'), logLevel: 'error' })
  writeFileSync(STAMP, stamp)
  return true
}

function fingerprint(): string {
  const hash = createHash('sha256')
  for (const input of INPUTS)
    for (const file of filesUnder(join(ROOT, input))) hash.update(file).update(readFileSync(file))
  return hash.digest('hex')
}

function filesUnder(path: string): string[] {
  if (!existsSync(path)) return []
  try {
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
  } catch {
    return [path]
  }
}
