import { expect, test } from 'vitest'
import { shouldReload } from '../../../client/wall/reload.ts'

const NOW = 10_000_000
const changed = {
  loaded: '0.1.0',
  current: '0.2.0',
  seenAt: NOW - 30_000,
  lastEventAt: undefined,
  lastReloadAt: undefined,
  linkAlive: true,
  now: NOW,
}

test('a wall takes a new version at a quiet moment', () => {
  expect(shouldReload(changed)).toBe(true)
  expect(shouldReload({ ...changed, current: '0.1.0' })).toBe(false)
  expect(shouldReload({ ...changed, current: undefined })).toBe(false)
})

test('it waits until the new version has held, and while something is happening', () => {
  expect(shouldReload({ ...changed, seenAt: NOW - 5_000 })).toBe(false)
  expect(shouldReload({ ...changed, lastEventAt: NOW - 10_000 })).toBe(false)
  expect(shouldReload({ ...changed, lastEventAt: NOW - 61_000 })).toBe(true)
})

test('but not for ever: within five minutes all walls are on the new version', () => {
  const storm = { ...changed, lastEventAt: NOW - 1_000 }
  expect(shouldReload({ ...storm, seenAt: NOW - 239_000 })).toBe(false)
  expect(shouldReload({ ...storm, seenAt: NOW - 240_000 })).toBe(true)
})

test('it never reloads without a link, nor more than once in thirty seconds', () => {
  expect(shouldReload({ ...changed, linkAlive: false })).toBe(false)
  expect(shouldReload({ ...changed, lastReloadAt: NOW - 29_000 })).toBe(false)
  expect(shouldReload({ ...changed, lastReloadAt: NOW - 31_000 })).toBe(true)
})
