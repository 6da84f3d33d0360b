import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Browser, chromium } from 'playwright-core'

const SYSTEM_NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Outlines as a screen of any maker draws them, so that measured widths do not depend on the machine.
  '--font-render-hinting=none',
  // The test page is not in front of anybody; its timers must run all the same.
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
]

/** A real browser: the machine's own Chromium where there is one, else the one that came as a package. */
export async function launchBrowser(): Promise<Browser> {
  const own = systemChromium()
  if (own !== undefined) return chromium.launch({ executablePath: own, args: FLAGS })
  const folder = await unpackedChromium()
  return chromium.launch({
    executablePath: join(folder, 'chromium'),
    args: FLAGS,
    // Its libraries and its fonts lie beside it: a plain Debian has neither.
    env: {
      ...definedOnly(process.env),
      LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
      FONTCONFIG_FILE: join(folder, 'fonts.conf'),
    },
  })
}

function systemChromium(): string | undefined {
  const folders = ['/usr/bin', ...(process.env['PATH'] ?? '').split(delimiter)]
  for (const name of SYSTEM_NAMES) {
    const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
    if (found !== undefined) return found
  }
  return undefined
}

/**
 * Unpacks the packaged Chromium once, under node_modules. The package unpacks into the temporary folder, and its
 * libraries only where it believes itself on the platform they were made for; so it is given a folder and that
 * belief in a process of its own, and the finished folder is moved into place in one step.
 */
async function unpackedChromium(): Promise<string> {
  const cache = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url))
  const folder = join(cache, 'test-chromium')
  if (existsSync(folder)) return folder
  mkdirSync(cache, { recursive: true })
  const staging = mkdtempSync(join(cache, 'test-chromium-'))
  const script = "import('@sparticuz/chromium').then((module) => module.default.executablePath())"
  await promisify(execFile)(process.execPath, ['-e', script], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { ...process.env, TMPDIR: staging, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' },
  })
  writeFileSync(join(staging, 'fonts.conf'), fontConfiguration(folder))
  try {
    renameSync(staging, folder)
  } catch (error) {
    // Another worker was quicker; its folder is as good.
    rmSync(staging, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
  return folder
}

/**
 * The package's own configuration names folders of another machine. Without any font this browser does not draw a
 * replacement for a letter that a page's fonts lack: it crashes.
 */
function fontConfiguration(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(folder, 'fonts')}</dir>
  <cachedir>${join(folder, 'fonts-cache')}</cachedir>
</fontconfig>
`
}

function definedOnly(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
