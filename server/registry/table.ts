import { CsvError, parse } from 'csv-parse/sync'
import type { RowFault } from './row-fault.ts'

export interface TableRow {
  /** Line of the file the row begins on, 1 the header. */
  line: number
  /** Trimmed text by column; columns the file does not have are empty. */
  cells: Readonly<Record<string, string>>
}

export interface Table {
  /** Columns that the file has. */
  columns: readonly string[]
  rows: TableRow[]
  faults: RowFault[]
}

/** A column of a table: its header, and whether a file without it is refused. */
export interface Column {
  name: string
  required: boolean
}

interface ParsedRecord {
  record: string[]
  raw: string
  info: { lines: number }
}

/**
 * Reads a table saved by a spreadsheet: UTF-8 with or without its mark, any line ends, quoted cells, separated by
 * comma, semicolon or tab. Columns may stand in any order. A wrong header gives no rows, only faults.
 */
export function readTable(bytes: Uint8Array, columns: readonly Column[]): Table {
  const text = decode(bytes)
  if (text === undefined) {
    const reason = {
      vi: 'tệp không phải UTF-8; hãy lưu lại với dạng "CSV UTF-8"',
      en: 'the file is not UTF-8; save it again as "CSV UTF-8"',
    }
    return { columns: [], rows: [], faults: [{ line: 1, column: '-', value: '', reason }] }
  }
  const records = split(text)
  if (!Array.isArray(records)) return { columns: [], rows: [], faults: [records] }
  const [header, ...body] = records
  const names = (header?.record ?? []).map((name) => name.trim().toLowerCase())
  const headerFaults = checkHeader(names, columns)
  if (headerFaults.length > 0) return { columns: names, rows: [], faults: headerFaults }
  const table: Table = { columns: names, rows: [], faults: [] }
  for (const { record, raw, info } of body) {
    const line = info.lines - (raw.replace(/\r?\n$/, '').match(/\n/g)?.length ?? 0)
    if (record.every((cell) => cell.trim() === '')) continue
    if (record.length === names.length) table.rows.push({ line, cells: cellsOf(names, record, columns) })
    else table.faults.push(wrongCount(line, record.length, names.length))
  }
  return table
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function split(text: string): ParsedRecord[] | RowFault {
  try {
    const records: unknown = parse(text, {
      bom: true,
      delimiter: detectDelimiter(text),
      info: true,
      raw: true,
      relax_column_count: true,
      skip_empty_lines: true,
    })
    return records as ParsedRecord[]
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const lines = (error as { lines?: unknown }).lines
    const reason = {
      vi: 'dấu nháy kép mở hoặc đóng sai chỗ, không đọc tiếp được từ đây',
      en: 'a quotation mark is opened or closed in the wrong place; the file cannot be read on from here',
    }
    return { line: typeof lines === 'number' ? lines : 1, column: '-', value: error.code, reason }
  }
}

/** The separator that occurs most in the header; header names hold none of them. */
export function detectDelimiter(text: string): ',' | ';' | '\t' {
  const header = text.slice(0, text.search(/[\r\n]|$/))
  const count = (separator: string) => header.split(separator).length
  const candidates = [',', ';', '\t'] as const
  return candidates.reduce((best, next) => (count(next) > count(best) ? next : best))
}

function checkHeader(names: readonly string[], columns: readonly Column[]): RowFault[] {
  const fault = (value: string, vi: string, en: string): RowFault => ({
    line: 1,
    column: value || '-',
    value,
    reason: { vi, en },
  })
  const known = columns.map((column) => column.name)
  const list = known.join(', ')
  const unknown = names.filter((name) => !known.includes(name))
  const missing = columns.filter((column) => column.required && !names.includes(column.name))
  const twice = names.filter((name, i) => names.indexOf(name) !== i && known.includes(name))
  return [
    ...unknown.map((name) =>
      fault(name, `không có cột này; các cột là ${list}`, `no such column; the columns are ${list}`),
    ),
    ...missing.map(({ name }) => fault(name, 'thiếu cột bắt buộc này', 'this required column is missing')),
    ...twice.map((name) => fault(name, 'cột này có hai lần', 'this column stands there twice')),
  ]
}

function wrongCount(line: number, found: number, expected: number): RowFault {
  return {
    line,
    column: '-',
    value: String(found),
    reason: {
      vi: `dòng có ${found} ô, tiêu đề có ${expected}; ô có dấu phân cách phải đặt trong nháy kép`,
      en: `the row has ${found} cells, the header ${expected}; put a cell that holds the separator in quotation marks`,
    },
  }
}

function cellsOf(names: readonly string[], record: readonly string[], columns: readonly Column[]) {
  const cells: Record<string, string> = {}
  for (const { name } of columns) cells[name] = ''
  names.forEach((name, i) => {
    cells[name] = record[i]!.trim()
  })
  return cells
}
