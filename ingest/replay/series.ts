import { CsvError, parse } from 'csv-parse/sync'
import { DAY_MS } from '../../shared/domain/time.ts'
import { parseLoggerTime } from './logger-time.ts'

/** One row of a measured series, ready to send. */
export interface SeriesPoint {
  line: number
  /** Milliseconds since 1970, UTC. */
  ts: number
  values: Record<string, number>
}

/** Something in the file that was not sent: a whole row, or one cell of a row that was sent without it. */
export interface Omission {
  line: number
  whole: boolean
  reason: string
}

export interface Series {
  points: SeriesPoint[]
  omissions: Omission[]
}

export interface SeriesQuestion {
  timeColumn: string
  /** Metric by column. */
  map: ReadonlyMap<string, string>
  /** Offset of times that carry no zone, in milliseconds. */
  zoneMs: number
}

/** The file as a whole is not a table with these columns. */
export class SeriesError extends Error {}

interface ParsedRecord {
  record: string[]
  raw: string
  info: { lines: number }
}

/** What loggers write where they measured nothing. */
const NOTHING = new Set(['', '-', '--', 'na', 'n/a', 'nan', 'null', 'none', '#n/a'])

/**
 * Reads a logger's export. Its habits are allowed for: a mark at the beginning, quoted names, an unnamed row
 * number in front of each row, empty lines, missing cells, decimal commas. Every row becomes a point or an
 * omission with its line and the reason.
 * @throws SeriesError when a column is missing or the file cannot be read as a table.
 */
export function readSeries(text: string, question: SeriesQuestion): Series {
  const delimiter = detectDelimiter(text)
  const [header, ...body] = split(text, delimiter)
  const names = (header?.record ?? []).map((name) => name.trim())
  const numbered = hasRowNumbers(names, body)
  const columnOf = (name: string) => {
    const index = names.indexOf(name)
    if (index >= 0) return index + (numbered ? 1 : 0)
    throw new SeriesError(`there is no column ${JSON.stringify(name)}; the columns are ${names.join(', ')}`)
  }
  const time = columnOf(question.timeColumn)
  const columns = [...question.map].map(([name, metric]) => ({ name, metric, index: columnOf(name) }))
  const width = names.length + (numbered ? 1 : 0)
  const series: Series = { points: [], omissions: [] }
  const lineOfTime = new Map<number, number>()
  for (const { record, raw, info } of body) {
    const line = info.lines - (raw.replace(/\r?\n$/, '').match(/\n/g)?.length ?? 0)
    const skip = (reason: string) => series.omissions.push({ line, whole: true, reason })
    if (record.length !== width) {
      skip(`the row has ${record.length} cells, the others ${width}`)
      continue
    }
    const ts = parseLoggerTime(record[time]!, question.zoneMs)
    if (ts === undefined) {
      skip(`${JSON.stringify(record[time])} is not a time`)
      continue
    }
    // A device says one thing at a time: a second row of the same moment would be taken for the first sent again.
    const twin = lineOfTime.get(ts)
    if (twin !== undefined) {
      skip(`its time is that of line ${twin}`)
      continue
    }
    const { values, bad } = readValues(record, columns, delimiter)
    for (const reason of bad) series.omissions.push({ line, whole: false, reason })
    if (Object.keys(values).length === 0) {
      skip('it holds no value')
      continue
    }
    lineOfTime.set(ts, line)
    series.points.push({ line, ts, values })
  }
  return series
}

function split(text: string, delimiter: string): ParsedRecord[] {
  try {
    const records: unknown = parse(text, {
      bom: true,
      delimiter,
      info: true,
      raw: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
    })
    return records as ParsedRecord[]
  } catch (error) {
    if (error instanceof CsvError) throw new SeriesError(`it cannot be read as a table: ${error.message}`)
    throw error
  }
}

function detectDelimiter(text: string): string {
  const header = text.slice(0, text.search(/[\r\n]|$/))
  return [',', ';', '\t'].reduce((best, next) =>
    header.split(next).length > header.split(best).length ? next : best,
  )
}

/** Whether rows begin with a number that the header has no name for: then most have one cell more than it. */
function hasRowNumbers(names: readonly string[], body: readonly ParsedRecord[]): boolean {
  const longer = body.filter(
    ({ record }) => record.length === names.length + 1 && /^\d+$/.test(record[0]!.trim()),
  )
  return longer.length > body.length / 2
}

function readValues(
  record: readonly string[],
  columns: readonly { name: string; metric: string; index: number }[],
  delimiter: string,
): { values: Record<string, number>; bad: string[] } {
  const values: Record<string, number> = {}
  const bad: string[] = []
  for (const { name, metric, index } of columns) {
    const text = record[index]!.trim()
    if (NOTHING.has(text.toLowerCase())) continue
    const value = Number(delimiter === ',' ? text : text.replace(',', '.'))
    if (Number.isFinite(value)) values[metric] = value
    else bad.push(`${name} is ${JSON.stringify(text)}, not a number`)
  }
  return { values, bad }
}

/**
 * Moves a series by whole days to the present: its last day becomes today, or yesterday where the last time of day
 * is still to come. Times of day stay, and nothing lies in the future, which a collector would refuse.
 */
export function shiftToPresent(points: readonly SeriesPoint[], now: number): SeriesPoint[] {
  const last = points.reduce((latest, point) => Math.max(latest, point.ts), Number.NEGATIVE_INFINITY)
  if (!Number.isFinite(last)) return []
  const shift = Math.floor((now - last) / DAY_MS) * DAY_MS
  return points.map((point) => ({ ...point, ts: point.ts + shift }))
}
