import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** What the built client depends on. */
const SOURCES = ['client', 'shared/contract', 'shared/domain', 'vite.config.ts', 'package-lock.json']

/** The folder of the client as `npm run build` makes it, built at most once for the same sources. */
export async function builtClient(): Promise<string> {
  const cache = join(ROOT, 'node_modules', '.cache')
  const folder = join(cache, `test-client-${fingerprint()}`)
  if (existsSync(folder)) return folder
  mkdirSync(cache, { recursive: true })
  const staging = mkdtempSync(join(cache, 'building-client-'))
  const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js')
  await promisify(execFile)(process.execPath, [vite, 'build', '--outDir', staging, '--emptyOutDir'], {
    cwd: ROOT,
    // The test runner's own setting would build React for development.
    env: { ...process.env, NODE_ENV: 'production' },
  })
  for (const old of readdirSync(cache).filter((name) => name.startsWith('test-client-'))) {
    rmSync(join(cache, old), { recursive: true, force: true })
  }
  try {
    renameSync(staging, folder)
  } catch (error) {
    rmSync(staging, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
  return folder
}

function fingerprint(): string {
  const hash = createHash('sha256')
  for (const source of SOURCES) addTo(hash, join(ROOT, source))
  return hash.digest('hex').slice(0, 16)
}

function addTo(hash: ReturnType<typeof createHash>, path: string): void {
  const entries =
    path.includes('.') && !path.endsWith('/') ? undefined : readdirSync(path, { withFileTypes: true })
  if (entries === undefined) {
    hash.update(path).update(readFileSync(path))
    return
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const inner = join(path, entry.name)
    if (entry.isDirectory()) addTo(hash, inner)
    else hash.update(inner).update(readFileSync(inner))
  }
}
