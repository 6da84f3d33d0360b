import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

/** The import law of the house (docs/decisions/0001-the-house.md), read from the code itself. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const ROOMS = ['shared', 'ingest', 'server', 'client', 'standalone'] as const

interface Import {
  from: string
  to: string
}

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
}

const files = ['start.ts', ...ROOMS.flatMap(sources)]

function importsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8')
  return [...text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map((match) => match[1]!)
}

const inner: Import[] = files.flatMap((from) =>
  importsOf(from)
    .filter((to) => to.startsWith('.'))
    .map((to) => ({ from, to: relative(ROOT, resolve(ROOT, dirname(from), to.replace(/\?.*$/, ''))) })),
)

const roomOf = (file: string) => file.split('/')[0]!

describe('the import law', () => {
  const allowed: Record<string, (to: string) => boolean> = {
    shared: (to) => to.startsWith('shared/'),
    ingest: (to) => to.startsWith('ingest/') || to.startsWith('shared/'),
    server: (to) => to.startsWith('server/') || to.startsWith('shared/'),
    client: (to) => ['client/', 'shared/contract/', 'shared/domain/'].some((start) => to.startsWith(start)),
    standalone: (to) => to.startsWith('standalone/') || to.startsWith('shared/'),
    'start.ts': (to) => to.startsWith('standalone/') || to.startsWith('shared/'),
  }
  test.each(Object.keys(allowed))('%s imports only what it may', (room) => {
    const broken = inner.filter(({ from, to }) => roomOf(from) === room && !allowed[room]!(to))
    expect(broken).toEqual([])
  })

  test('contracts know nothing but contracts, and pure rules do no I/O', () => {
    const broken = inner.filter(
      ({ from, to }) =>
        (from.startsWith('shared/contract/') && !to.startsWith('shared/contract/')) ||
        (from.startsWith('shared/domain/') && !/^shared\/(domain|contract)\//.test(to)),
    )
    expect(broken).toEqual([])
    const impure = files
      .filter((file) => /^shared\/(domain|contract)\//.test(file))
      .filter((file) =>
        importsOf(file).some((to) => to.startsWith('node:') || ['pg', 'mqtt', 'fastify'].includes(to)),
      )
    expect(impure).toEqual([])
  })

  test('only the chart component imports echarts', () => {
    const importers = files.filter((file) =>
      importsOf(file).some((to) => to === 'echarts' || to.startsWith('echarts/')),
    )
    expect(importers).toEqual(['client/charts/chart.tsx'])
  })

  test('there is no cycle', () => {
    const next = new Map<string, string[]>()
    for (const { from, to } of inner) next.set(from, [...(next.get(from) ?? []), to])
    const done = new Set<string>()
    const walk = (file: string, path: string[]): string[] | undefined => {
      if (path.includes(file)) return [...path.slice(path.indexOf(file)), file]
      if (done.has(file)) return undefined
      for (const to of next.get(file) ?? []) {
        const cycle = walk(to, [...path, file])
        if (cycle) return cycle
      }
      done.add(file)
      return undefined
    }
    for (const file of files) expect(walk(file, [])).toBeUndefined()
  })

  test('there are no barrel files and no file of more than 300 lines', () => {
    expect(files.filter((file) => /(^|\/)index\.tsx?$/.test(file) && !file.includes('decoders/'))).toEqual([])
    const long = files
      .map((file) => ({ file, lines: readFileSync(join(ROOT, file), 'utf8').split('\n').length }))
      .filter(({ lines }) => lines > 300)
    expect(long).toEqual([])
  })
})

describe('the environment', () => {
  test('is read only at the edge of a program', () => {
    const readers = files.filter((file) => readFileSync(join(ROOT, file), 'utf8').includes('process.env'))
    const edges = /(^start\.ts$|main\.ts$|^standalone\/run-once\.ts$|^shared\/node\/supervise\.ts$)/
    expect(readers.filter((file) => !edges.test(file))).toEqual([])
  })
})
