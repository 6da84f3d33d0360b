import { expect, test } from 'vitest'
import { detectDelimiter, readTable } from '../../../server/registry/table.ts'

const COLUMNS = [
  { name: 'code', required: true },
  { name: 'name', required: true },
  { name: 'note', required: false },
]
const read = (text: string | Buffer) => readTable(Buffer.from(text), COLUMNS)

test.each([
  ['comma', ','],
  ['semicolon', ';'],
  ['tab', '\t'],
])('a table separated by %s is recognised', (_, separator) => {
  const table = read(`code${separator}name\nA1${separator}Trường A\n`)
  expect(table).toEqual({
    columns: ['code', 'name'],
    rows: [{ line: 2, cells: { code: 'A1', name: 'Trường A', note: '' } }],
    faults: [],
  })
})

test('a byte order mark, CRLF, capitals, blanks and another order of columns do not matter', () => {
  const table = read('\uFEFF Name ,CODE\r\n" Trường A ", A1 \r\n')
  expect(table.rows).toEqual([{ line: 2, cells: { code: 'A1', name: 'Trường A', note: '' } }])
})

test('quoted cells may hold the separator, quotation marks and line ends; lines are counted through them', () => {
  const table = read('code,name\nA1,"Trường ""A"", cơ sở\nhai"\nA2,B\n')
  expect(table.rows.map((row) => [row.line, row.cells['name']])).toEqual([
    [2, 'Trường "A", cơ sở\nhai'],
    [4, 'B'],
  ])
})

test('empty lines and rows of empty cells are passed over, and the lines after them keep their numbers', () => {
  expect(read('code,name\n\n,\nA1,A\n').rows.map((row) => row.line)).toEqual([4])
})

test.each([
  ['a missing column', 'code\nA1\n', 'name', 'required column is missing'],
  ['an unknown column', 'code,name,colour\nA1,A,red\n', 'colour', 'no such column'],
  ['a column given twice', 'code,name,name\nA1,A,A\n', 'name', 'stands there twice'],
  ['an empty file', '', 'code', 'required column is missing'],
])('%s refuses the whole file at line 1', (_, text, column, reason) => {
  const table = read(text)
  expect(table.rows).toEqual([])
  expect(table.faults[0]).toMatchObject({ line: 1, column })
  expect(table.faults[0]!.reason.en).toContain(reason)
})

test('a row with too few or too many cells is a fault of that row alone', () => {
  const table = read('code,name\nA1\nA2,B,C\nA3,D\n')
  expect(table.rows.map((row) => row.cells['code'])).toEqual(['A3'])
  expect(table.faults.map(({ line, value }) => [line, value])).toEqual([
    [2, '1'],
    [3, '3'],
  ])
})

test('a quotation mark in the wrong place is reported with its line', () => {
  const table = read('code,name\nA1,A\nA2,B"x"\n')
  expect(table.rows).toEqual([])
  expect(table.faults[0]).toMatchObject({ line: 3, value: 'INVALID_OPENING_QUOTE' })
})

test('a file that is not UTF-8 is refused, with the way to save it again', () => {
  const table = read(Buffer.from([0x63, 0x6f, 0xe1, 0xba, 0x0a]))
  expect(table.faults[0]!.reason.en).toContain('CSV UTF-8')
})

test('the separator is taken from the header alone', () => {
  expect(detectDelimiter('code;name\n"a,b,c";"d,e,f"')).toBe(';')
})
