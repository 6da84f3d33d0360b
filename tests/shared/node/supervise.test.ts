import { Writable } from 'node:stream'
import { afterEach, expect, test } from 'vitest'
import { Part } from '../../../shared/node/supervise.ts'

const module = new URL('./supervised-program.ts', import.meta.url)
const parts: Part[] = []
afterEach(async () => {
  await Promise.all(parts.splice(0).map((part) => part.stop(2_000)))
})

function partThat(does: string, crashes: { how: string; waitMs: number }[] = []): Part {
  const part = new Part({
    name: 'probe',
    module,
    environment: { DOES: does },
    output: new Writable({ write: (_chunk, _encoding, done) => done() }),
    onCrash: (_part, how, waitMs) => crashes.push({ how, waitMs }),
  })
  parts.push(part)
  return part
}

const until = async (condition: () => boolean) => {
  for (const end = Date.now() + 15_000; !condition(); ) {
    if (Date.now() > end) throw new Error('waited too long')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

test('a part killed with -9 is started again, with growing waits', async () => {
  const crashes: { how: string; waitMs: number }[] = []
  const part = partThat('live', crashes)
  await part.start()
  for (let round = 0; round < 2; round++) {
    const before = part.pid!
    process.kill(before, 'SIGKILL')
    await until(() => part.pid !== before && crashes.length === round + 1)
    await until(() => isAlive(part.pid!))
  }
  expect(crashes[0]).toEqual({ how: 'SIGKILL', waitMs: 500 })
  expect(crashes[1]!.waitMs).toBe(1_000)
})

test('a part that cannot start gives its own sentence and exit code', async () => {
  await expect(partThat('refuse').start()).rejects.toMatchObject({
    code: 'port-taken',
    exit: 69,
    message: expect.stringContaining('Port 1 on here is taken'),
  })
})

test('a part that ends without a word is told with how it ended', async () => {
  await expect(partThat('vanish').start()).rejects.toMatchObject({
    code: 'ended',
    message: expect.stringContaining('3'),
  })
})

test('stopping drains the part and does not start it again', async () => {
  const crashes: { how: string; waitMs: number }[] = []
  const part = partThat('live', crashes)
  await part.start()
  const pid = part.pid!
  await part.stop(3_000)
  expect(isAlive(pid)).toBe(false)
  expect(crashes).toEqual([])
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
