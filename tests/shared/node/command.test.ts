import { afterEach, expect, test, vi } from 'vitest'
import { readArguments, runCommand } from '../../../shared/node/command.ts'
import { IocError } from '../../../shared/node/errors.ts'

const OPTIONS = {
  partial: { type: 'boolean', default: false },
  zone: { type: 'string', default: '+07:00' },
} as const

afterEach(() => {
  process.exitCode = undefined
  vi.restoreAllMocks()
})

test("npm's own -- in front of the arguments is taken off, so that options after it count", () => {
  const { values, positionals } = readArguments(['--', 'file.csv', '--partial'], OPTIONS, 'usage')
  expect({ ...values }).toEqual({ partial: true, zone: '+07:00' })
  expect(positionals).toEqual(['file.csv'])
})

test('an unknown option is refused with the way it is used', () => {
  expect(() => readArguments(['--force'], OPTIONS, 'npm run x -- file')).toThrow(
    /--force.*Usage: npm run x -- file$/,
  )
})

test('the number a command ends with is its exit code', async () => {
  await runCommand(async () => 65)
  expect(process.exitCode).toBe(65)
})

test('an expected failure is its sentence on stderr and the exit code of its kind; others show where they came from', async () => {
  const said: unknown[] = []
  vi.spyOn(console, 'error').mockImplementation((text) => said.push(text))
  await runCommand(async () => {
    throw new IocError('file-unreadable', { file: 'x.csv', why: 'ENOENT' })
  })
  expect(process.exitCode).toBe(66)
  expect(said[0]).toMatch(/^The file x\.csv cannot be read \(ENOENT\)/)
  await runCommand(async () => {
    throw new RangeError('broken')
  })
  expect(process.exitCode).toBe(70)
  expect(said[1]).toMatch(/^RangeError: broken\n\s+at /)
})
