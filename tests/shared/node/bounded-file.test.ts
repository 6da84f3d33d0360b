import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { boundedFile } from '../../../shared/node/bounded-file.ts'

const root = mkdtempSync(join(tmpdir(), 'ioc-logs-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

test('a log file begins anew at its bound and keeps the one before', () => {
  const path = join(root, 'a', 'part.log')
  const log = boundedFile(path, 100)
  for (let line = 0; line < 25; line++) log.write(`line ${String(line).padStart(3, '0')}\n`)
  expect(statSync(path).size).toBeLessThanOrEqual(100)
  expect(readFileSync(`${path}.1`, 'utf8') + readFileSync(path, 'utf8')).toMatch(
    /^line 011\n(.*\n)*line 024\n$/,
  )
})

test('what cannot be written stops nobody, and the gap is named when writing works again', () => {
  // A file where the folder should be stands for any reason why nothing can be written.
  const folder = join(root, 'b')
  writeFileSync(folder, '')
  const path = join(folder, 'part.log')
  const log = boundedFile(path)
  for (let line = 0; line < 7; line++) log.write(`lost ${line}\n`)
  rmSync(folder)
  log.write('kept\n')
  log.write('and on\n')
  const [first, gap, ...rest] = readFileSync(path, 'utf8').split('\n')
  expect(first).toBe('')
  expect(JSON.parse(gap!)).toMatchObject({ msg: 'log lines are missing here', pieces: 7 })
  expect(rest).toEqual(['kept', 'and on', ''])
})

test.skipIf(!existsSync('/dev/full'))('a full disk stops nobody', async () => {
  const log = boundedFile('/dev/full')
  for (let line = 0; line < 1_000; line++) log.write(`line ${line}\n`)
  await new Promise((resolve) => log.end(resolve))
  expect(log.errored).toBeNull()
})
