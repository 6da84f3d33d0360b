import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { readLettersCommand } from '../../../ingest/letters/arguments.ts'
import { carryOut } from '../../../ingest/letters/command.ts'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { addDeadMessage } from '../../helpers/dead-letters.ts'
import { runCommand } from './run-command.ts'

let db: TestDatabase
let folder: string
const AT = Date.parse('2026-11-23T08:00:00+07:00')
const RUBBISH = Buffer.from([0xff, 0x00, 0x80])

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ioc-letters-'))
  db = await createTestDatabase()
  const add = (given: Parameters<typeof addDeadMessage>[1]) => addDeadMessage(db.database, given)
  await add({
    at: new Date(AT),
    topic: 'ioc/v1/TH-01/telemetry/room-1',
    payload: '{"values":{"co2":99999,"radon":1}}',
    letters: [
      { reason: 'out-of-range', school: 'TH-01', field: 'values.co2', value: '99999' },
      { reason: 'unknown-metric', school: 'TH-01', field: 'values.radon', value: '=1+1' },
    ],
  })
  await add({
    at: new Date(AT + 60_000),
    topic: 'a\u001b[2Jb',
    payload: RUBBISH,
    letters: [{ reason: 'unknown-topic' }],
  })
  await add({
    at: new Date(AT + 120_000),
    topic: 'tele/ao-1/SENSOR',
    payload: '{"t":"\u001b[31m"}',
    letters: [{ reason: 'unregistered-device', format: 'tasmota', device: 'ao-1' }],
  })
  await add({
    at: new Date(AT + 180_000),
    topic: 'tele/ao-1/SENSOR',
    payload: '{}',
    letters: [{ reason: 'unregistered-device', format: 'tasmota', device: 'ao-1' }],
  })
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await db.drop()
})

const run = (...args: string[]) => runCommand(db.url, ...args)
/** What the command says, run in this process: starting one takes a second. */
async function said(...args: string[]): Promise<string> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  try {
    expect(await carryOut(readLettersCommand(args), { DATABASE_URL: db.url })).toBe(0)
    return log.mock.calls.join('\n')
  } finally {
    log.mockRestore()
  }
}
const printed = async (...args: string[]) => {
  const ended = await run(...args)
  expect(ended).toMatchObject({ code: 0, stderr: '' })
  return ended.stdout
}
/** Cells of a printed table, without its head. */
const cells = (text: string) =>
  text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(/ {2,}/))

describe('list', () => {
  test('counts refused records by school and reason', async () => {
    const text = await printed('list')
    expect(cells(text)).toEqual([
      ['-', 'unregistered-device', '2', '2', '2026-11-23 08:03:00'],
      ['TH-01', 'out-of-range', '1', '1', '2026-11-23 08:00:00'],
      ['TH-01', 'unknown-metric', '1', '1', '2026-11-23 08:00:00'],
      ['-', 'unknown-topic', '1', '1', '2026-11-23 08:01:00'],
      ['5 bản ghi bị từ chối (refused records).'],
    ])
  })

  test('shows those that fit the filters, a day of the province being one of them', async () => {
    expect(cells(await said('list', '--school', 'TH-01', '--reason', 'unknown-metric'))).toHaveLength(2)
    expect(await said('list', '--until', '2026-11-23')).toContain('Không có tin lỗi nào')
    expect(cells(await said('list', '--since', '2026-11-23', '--until', '2026-11-24'))).toHaveLength(5)
    const late = await said('list', '--since', '2026-11-23T08:02:00+07:00', '--format', 'tasmota')
    expect(cells(late)).toHaveLength(2)
  })

  test('shows messages, and nothing in them moves the cursor', async () => {
    const text = await said('list', '--messages', '--limit', '3')
    expect(cells(text)).toEqual([
      ['4', '2026-11-23 08:03:00', '2', '1', 'unregistered-device', 'tele/ao-1/SENSOR'],
      ['3', '2026-11-23 08:02:00', '13', '1', 'unregistered-device', 'tele/ao-1/SENSOR'],
      ['2', '2026-11-23 08:01:00', '3', '1', 'unknown-topic', 'a\\u001b[2Jb'],
    ])
  })

  test('shows the devices that wait', async () => {
    expect(cells(await said('list', '--waiting'))).toEqual([
      [
        'tasmota',
        'ao-1',
        'unregistered-device',
        '2',
        '2026-11-23 08:02:00',
        '2026-11-23 08:03:00',
        '4',
        'tele/ao-1/SENSOR',
      ],
      ['1 thiết bị đang chờ (devices waiting).'],
    ])
    expect(await said('list', '--waiting', '--format', 'native')).toContain('Không có thiết bị nào')
  })
})

describe('show', () => {
  test('gives everything of a message, with its payload as text', async () => {
    const text = await said('show', '1')
    for (const part of [
      '2026-11-23 08:00:00',
      'ioc/v1/TH-01/telemetry/room-1',
      'mqtt, QoS 1',
      'values.co2 = 99999',
      'values.radon = =1+1',
      '{"values":{"co2":99999,"radon":1}}',
    ]) {
      expect(text).toContain(part)
    }
    expect(await said('show', '3')).toContain('\\u001b[31m')
  })

  test('gives bytes that are not UTF-8 in hexadecimal', async () => {
    expect(await said('show', '2')).toContain('000000  ff 00 80')
  })

  test('of a message that is not there says so', async () => {
    await expect(said('show', '99')).rejects.toThrow('There is no dead message 99.')
  })
})

describe('export', () => {
  test('writes a JSON object a message, with the payload in base64, to a file', async () => {
    const out = join(folder, 'letters.jsonl')
    await said('export', '--out', out)
    const lines = readFileSync(out, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map(({ id }) => id)).toEqual(['1', '2', '3', '4'])
    expect(lines[0]).toMatchObject({ topic: 'ioc/v1/TH-01/telemetry/room-1', letterCount: 2 })
    expect(lines[0].letters).toHaveLength(2)
    expect(Buffer.from(lines[1].payload, 'base64')).toEqual(RUBBISH)
  })

  test('writes a line a record as CSV to standard output; no cell is a formula', async () => {
    const rows = parse(await printed('export', '--as', 'csv', '--school', 'TH-01'), { columns: true })
    expect(rows).toMatchObject([
      { id: '1', reason: 'out-of-range', value: '99999', school: 'TH-01' },
      { id: '1', reason: 'unknown-metric', value: "'=1+1", payload: '' },
    ])
    const [first] = rows as { payload: string }[]
    expect(Buffer.from(first!.payload, 'base64').toString()).toBe('{"values":{"co2":99999,"radon":1}}')
  })

  test('goes through pages, up to the limit', async () => {
    for (let i = 0; i < 3; i++) {
      await addDeadMessage(db.database, {
        payload: Buffer.alloc(1_000_000, i),
        letters: [{ reason: 'not-json', school: 'PAGES' }],
      })
    }
    await db.database.query(
      `with many as (
        insert into dead_message (received_at, source, topic, payload, size, qos, retained, waiting, letters)
        select now(), 'mqtt', 'x', 'x', 1, 1, false, false, 1 from generate_series(1, 400) returning id
      )
      insert into dead_letter (message_id, reason, detail, remedy, school_code)
      select id, 'not-json', 'd', 'r', 'PAGES' from many`,
    )
    const all = (await printed('export', '--school', 'PAGES')).trim().split('\n')
    expect(all).toHaveLength(403)
    expect(new Set(all.map((line) => JSON.parse(line).id)).size).toBe(403)
    expect((await printed('export', '--school', 'PAGES', '--limit', '202')).trim().split('\n')).toHaveLength(
      202,
    )
  })
})

test.each([
  ['no command', [], 'npm run deadletters -- list|show|retry|export'],
  ['another command', ['drop'], 'list them, show one, retry them or export them'],
  ['an unknown option', ['list', '--color', 'red'], "Unknown option '--color'"],
  ['a reason that is none', ['retry', '--reason', 'bad'], '--reason bad: Invalid option: expected one of'],
  ['a time without a zone', ['list', '--since', '2026-11-23T07:00'], '--since 2026-11-23T07:00: is a day'],
  ['a limit of nothing', ['retry', '--limit', '0'], '--limit 0'],
  ['no id', ['show'], 'Give the number of one dead message'],
  ['what is too much', ['retry', '17'], '17 is too much'],
  ['the waiting list of a school', ['list', '--waiting', '--school', 'X'], '--waiting goes with'],
])('%s is refused by a sentence that names the remedy', (_, args, sentence) => {
  expect(() => readLettersCommand(args)).toThrow(sentence)
})

test('what cannot be done ends with one sentence and the exit code of its kind', async () => {
  const unwritable = await run('export', '--out', '/none/x.csv')
  expect(unwritable).toMatchObject({ code: 73, stdout: '' })
  expect(unwritable.stderr).toMatch(/^The file \/none\/x\.csv cannot be written \(ENOENT\): [^\n]*\n$/)
  const misread = await run('list', '--limit', '0')
  expect(misread).toMatchObject({ code: 64, stdout: '' })
  expect(misread.stderr).toContain('Usage: npm run deadletters -- list')
})
