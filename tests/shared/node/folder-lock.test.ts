import { fork } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { IocError } from '../../../shared/node/errors.ts'
import { lockFolder } from '../../../shared/node/folder-lock.ts'

const root = mkdtempSync(join(tmpdir(), 'ioc-lock-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

function refusal(work: () => unknown): IocError {
  try {
    work()
  } catch (error) {
    if (error instanceof IocError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

test('a second copy on the same folder is refused by a sentence naming process and folder', () => {
  const folder = join(root, 'twice')
  const lock = lockFolder(folder)
  const error = refusal(() => lockFolder(folder))
  expect(error.code).toBe('already-running')
  expect(error.message).toContain(`${process.pid}`)
  expect(error.message).toContain(folder)
  expect(error.exit).not.toBe(0)
  lock.release()
  expect(lockFolder(folder).takenOver).toBe(false)
})

test('the lock of a killed process is taken over', async () => {
  const folder = join(root, 'killed')
  const holder = fork(new URL('./lock-holder.ts', import.meta.url), [folder], {
    execArgv: ['--import', 'tsx'],
  })
  await new Promise((resolve) => holder.once('message', resolve))
  expect(refusal(() => lockFolder(folder)).code).toBe('already-running')
  const gone = new Promise((resolve) => holder.once('exit', resolve))
  holder.kill('SIGKILL')
  await gone
  expect(lockFolder(folder).takenOver).toBe(true)
})

test('a number of a process that came into use again does not hold the lock', () => {
  const folder = join(root, 'reused')
  lockFolder(folder)
  const path = join(folder, 'lock')
  const [pid, boot] = readFileSync(path, 'utf8').trim().split(' ')
  writeFileSync(path, `${pid} ${boot} 1\n`)
  expect(lockFolder(folder).takenOver).toBe(true)
})

test('a folder that cannot be written is named, with what to do', () => {
  const file = join(root, 'a-file')
  writeFileSync(file, '')
  const error = refusal(() => lockFolder(join(file, 'inside')))
  expect(error.code).toBe('folder-unwritable')
  expect(error.message).toContain('DATA_DIR')
  chmodSync(file, 0o600)
})
