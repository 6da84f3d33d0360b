import { fork } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

async function run(stdout: number | 'pipe') {
  const child = fork(fileURLToPath(new URL('./talkative-program.ts', import.meta.url)), [], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', stdout, 'inherit', 'ipc'],
  })
  let said = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const messages: unknown[] = []
  child.on('message', (message) => messages.push(message))
  const code = await new Promise((resolve) => child.once('close', resolve))
  return { code, messages, lines: said.trim().split('\n') }
}

test('a log is JSON lines with program, level and time', async () => {
  const { code, lines } = await run('pipe')
  expect(code).toBe(0)
  expect(lines).toHaveLength(2_000)
  expect(JSON.parse(lines[1_999]!)).toMatchObject({
    program: 'talkative',
    level: 30,
    n: 1_999,
    msg: 'a line',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  })
})

test.skipIf(!existsSync('/dev/full'))(
  'a full disk behind standard output neither ends a program nor hangs it',
  async () => {
    const full = openSync('/dev/full', 'w')
    const { code, messages } = await run(full)
    closeSync(full)
    expect([code, messages]).toEqual([0, ['still here']])
  },
)
