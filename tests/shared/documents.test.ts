import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { findingCatalogue } from '../../ingest/broker-care/findings.ts'
import { IngestSettings } from '../../ingest/config.ts'
import { reasons } from '../../ingest/reasons.ts'
import { SimulatorSettings } from '../../ingest/simulator/config.ts'
import { ServerSettings } from '../../server/config.ts'
import { errorCatalogue } from '../../shared/node/errors.ts'
import { StandaloneSettings } from '../../standalone/settings.ts'

/** Whatever in the papers can drift is read here against the code. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const papers = [
  'README.md',
  ...['docs', 'docs/decisions'].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`),
  ),
]

describe.each(papers)('%s', (paper) => {
  const text = read(paper)

  test('links to files that exist', () => {
    const folder = paper.includes('/') ? paper.slice(0, paper.lastIndexOf('/')) : '.'
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)\s#]+)/g)].map((match) => match[1]!)
    expect(links.filter((link) => !existsSync(join(ROOT, folder, link)))).toEqual([])
  })

  test('names files and folders of the house that exist', () => {
    const named = [
      ...text.matchAll(/`((?:shared|ingest|server|client|tests|standalone|docs)\/[\w./-]+)`/g),
    ].map((m) => m[1]!)
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
  })

  test('names tasks that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    const named = [...text.matchAll(/npm run ([\w:-]+)/g)].map((match) => match[1]!)
    expect(named.filter((task) => !(task in scripts))).toEqual([])
  })
})

test('every script runs a file that exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const files = Object.values(scripts).flatMap((line) => line.match(/[\w/.-]+\.ts\b/g) ?? [])
  expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([])
})

const schemas = [StandaloneSettings, IngestSettings, ServerSettings, SimulatorSettings] as const

describe('.env.example', () => {
  const lines = read('.env.example').split('\n')
  const written = new Map(
    lines
      .filter((line) => /^[A-Z_]+=/.test(line))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )

  test('has exactly the settings of npm start and of each program', () => {
    const names = new Set(schemas.flatMap((schema) => Object.keys(schema.shape)))
    expect([...written.keys()].sort()).toEqual([...names].sort())
  })

  test('shows their defaults, which are the same in every program', () => {
    for (const schema of schemas) {
      for (const [name, setting] of Object.entries(schema.shape)) {
        const parsed = (setting as z.ZodType).safeParse(undefined)
        // Without a default it is either optional or filled in by npm start; real time is the clock that is unset.
        const meant = parsed.success && name !== 'IOC_CLOCK' ? parsed.data : undefined
        const shown = typeof meant === 'boolean' ? (meant ? '1' : '0') : String(meant ?? '')
        expect(`${name}=${written.get(name)}`).toBe(`${name}=${shown}`)
      }
    }
  })

  test('has a line of explanation above each', () => {
    const bare = lines.filter((line, at) => /^[A-Z_]+=/.test(line) && !lines[at - 1]?.startsWith('# '))
    expect(bare).toEqual([])
  })
})

test('the operator is told of every way in which npm start refuses, with its exit code', () => {
  const table = read('docs/operate.md')
  const refusals = Object.entries(errorCatalogue).filter(([, entry]) =>
    [64, 69, 73, 74, 75, 78].includes(entry.exit),
  )
  const missing = refusals.filter(
    ([code, { exit }]) => !table.split('\n').some((line) => line.startsWith(`| \`${code}\` | ${exit} |`)),
  )
  expect(missing.map(([code]) => code)).toEqual([])
})

test('whatever the operator is told of a fault names the test that shows it', () => {
  const section = read('docs/operate.md').split('## Khi có sự cố')[1]!.split('\n## ')[0]!
  const faults = section.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| sự cố'))
  expect(faults.length).toBeGreaterThan(10)
  expect(faults.filter((line) => !/\| `tests\/[\w./-]+\.test\.ts` \|$/.test(line))).toEqual([])
})

test('the operator is told of every finding about a broker, with its severity and the setting to change', () => {
  const lines = read('docs/operate.md').split('\n')
  const missing = Object.entries(findingCatalogue).filter(
    ([code, { severity, setting }]) =>
      !lines.some((line) => line.startsWith(`| \`${code}\` | ${severity} | \`${setting}\` | `)),
  )
  expect(missing.map(([code]) => code)).toEqual([])
  const told = lines.flatMap((line) => /^\| `([\w-]+)` \| (?:critical|warning|info) \|/.exec(line)?.[1] ?? [])
  expect(told.filter((code) => !(code in findingCatalogue))).toEqual([])
})

test('the Node version is the same everywhere it is stated', () => {
  const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } }
  expect(engines.node).toBe('>=20.19.0')
  expect(read('README.md')).toContain('Node 20.19')
})

test('every setting says what it is', () => {
  const silent = schemas.flatMap((schema) =>
    Object.entries(schema.shape).filter(([, setting]) => !(setting as z.ZodType).description),
  )
  expect(silent.map(([name]) => name)).toEqual([])
})

test('the operator and the vendor read the bounds of what is kept that are in force', () => {
  const { deadMessages } = JSON.parse(read('shared/data/retention.json')) as {
    deadMessages: Record<'refused' | 'waiting', Record<string, number>>
  }
  const { refused, waiting } = deadMessages
  const shown = (count: number) => count.toLocaleString('en')
  const gib = (bytes: number) => `${bytes / 1024 ** 3} GiB`
  const page = read('docs/operate.md').replace(/\s+/g, ' ')
  expect(page).toContain(
    `What waits is kept for ${waiting['keepDays']} days, at most ${shown(waiting['keepMessages']!)} messages (${gib(waiting['keepBytes']!)})`,
  )
  expect(page).toContain(
    `what is refused for ${refused['keepDays']} days, at most ${shown(refused['keepLetters']!)} records (${gib(refused['keepBytes']!)})`,
  )
  expect(read('docs/protocol.md')).toContain(`kept for ${waiting['keepDays']} days`)
  expect(reasons['unregistered-device'].vi).toContain(`${waiting['keepDays']} ngày`)
})
