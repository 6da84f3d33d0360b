import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
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

describe('.env.example', () => {
  const lines = read('.env.example').split('\n')
  const written = new Map(
    lines
      .filter((line) => /^[A-Z_]+=/.test(line))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )

  test('has exactly the settings of npm start', () => {
    expect([...written.keys()].sort()).toEqual(Object.keys(StandaloneSettings.shape).sort())
  })

  test('shows their defaults', () => {
    const defaults = StandaloneSettings.parse({})
    for (const [name, value] of written) {
      const meant = defaults[name as keyof typeof defaults]
      const shown = typeof meant === 'boolean' ? (meant ? '1' : '0') : String(meant ?? '')
      expect(`${name}=${value}`).toBe(`${name}=${shown}`)
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
    [64, 69, 73, 75, 78].includes(entry.exit),
  )
  const missing = refusals.filter(
    ([code, { exit }]) => !table.split('\n').some((line) => line.startsWith(`| \`${code}\` | ${exit} |`)),
  )
  expect(missing.map(([code]) => code)).toEqual([])
})

test('the Node version is the same everywhere it is stated', () => {
  const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } }
  expect(engines.node).toBe('>=20.19.0')
  expect(read('README.md')).toContain('Node 20.19')
})

test('schemas print as documentation: every setting says what it is', () => {
  const shape = z.toJSONSchema(StandaloneSettings, { io: 'input', unrepresentable: 'any' }) as {
    properties: Record<string, { description?: string }>
  }
  const silent = Object.entries(shape.properties).filter(([, property]) => !property.description)
  expect(silent.map(([name]) => name)).toEqual([])
})
