import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { eventKey } from '../../../standalone/event-key.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ioc-key-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('the key is made once, and is the same ever after', () => {
  const key = eventKey(folder)
  expect(key).toMatch(/^[0-9a-f]{64}$/)
  expect(eventKey(folder)).toBe(key)
  expect(readdirSync(join(folder, 'secrets'))).toEqual(['event-key'])
})

test('another folder has another key', () => {
  expect(eventKey(join(folder, 'a'))).not.toBe(eventKey(join(folder, 'b')))
})

test('nobody else may read it', () => {
  eventKey(folder)
  expect(statSync(join(folder, 'secrets')).mode & 0o777).toBe(0o700)
  expect(statSync(join(folder, 'secrets', 'event-key')).mode & 0o777).toBe(0o600)
})

test('a folder that cannot be made is named', () => {
  writeFileSync(join(folder, 'secrets'), 'a file stands in the way')
  expect(() => eventKey(folder)).toThrow(/secrets.*cannot be written/)
})
