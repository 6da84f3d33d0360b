import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'

/** One table of a bench: printed, and kept in docs/benchmarks.md under its name. */
export interface Report {
  name: string
  title: string
  /** What was done, in a sentence or two, with the command that does it again. */
  what: string
  columns: string[]
  rows: (string | number)[][]
  /** Goals and whether they were met. */
  goals: { goal: string; found: string; met: boolean }[]
}

const PAGE = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url))
const HEAD = `# Benchmarks

Written by \`npm run bench -- <name>\`; each section is replaced by the next run of its bench. Figures are of the machine
named in the section, with load generator, database, broker, server and browser on it together.
`

export function machine(): string {
  const processors = cpus()
  return `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`
}

export function toMarkdown(report: Report, date: Date): string {
  const line = (cells: (string | number)[]) => `| ${cells.join(' | ')} |`
  return [
    `## ${report.name}: ${report.title}`,
    '',
    report.what,
    '',
    `${date.toISOString().slice(0, 10)}, ${machine()}.`,
    '',
    line(report.columns),
    line(report.columns.map(() => '---')),
    ...report.rows.map(line),
    '',
    ...report.goals.map(
      ({ goal, found, met }) => `- ${met ? 'met' : '**not met**'}: ${goal}; found ${found}`,
    ),
    '',
  ].join('\n')
}

/** Prints the report and puts it in place of the section of the same name. */
export function publish(report: Report, date: Date): void {
  const section = toMarkdown(report, date)
  console.log(`\n${section}`)
  const page = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : HEAD
  const sections = page.split(/^(?=## )/m)
  const head = sections[0]!.startsWith('## ') ? HEAD : sections.shift()!
  const others = sections.filter((one) => !one.startsWith(`## ${report.name}:`)).map((one) => one.trimEnd())
  const all = [...others, section.trimEnd()].sort()
  writeFileSync(PAGE, `${head.trimEnd()}\n\n${all.join('\n\n')}\n`)
}
