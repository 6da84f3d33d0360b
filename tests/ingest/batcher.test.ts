import { setTimeout as delay } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { Batcher, type BatchLimits } from '../../ingest/batcher.ts'
import type { Message } from '../../ingest/message.ts'
import { message } from './messages.ts'

function start(
  limits: Partial<BatchLimits> = {},
  room = { messages: 1_000, bytes: 1_000_000 },
  now = () => performance.now(),
) {
  const batches: { size: number; at: number; finish: () => void }[] = []
  const began = performance.now()
  const batcher = new Batcher({
    limits: { messages: 100, bytes: 10_000, targetMs: 200, everyMs: 50, atOnce: 1, ...limits },
    room,
    now,
    onTaken: () => {},
    carry: (messages: readonly Message[]) =>
      new Promise<void>((finish) =>
        batches.push({ size: messages.length, at: performance.now() - began, finish }),
      ),
  })
  const offer = (count: number, bytes = 10) =>
    Array.from({ length: count }, () => batcher.offer(message('t', 'x'.repeat(bytes)))).filter(Boolean).length
  return { batcher, batches, offer }
}

test('a lone message goes at once; those right after it go together, everyMs later', async () => {
  const { batches, offer } = start()
  offer(1)
  expect(batches.map((batch) => batch.size)).toEqual([1])
  batches[0]!.finish()
  await delay(1)
  offer(20)
  await delay(10)
  expect(batches).toHaveLength(1)
  await vi.waitFor(() => expect(batches.map((batch) => batch.size)).toEqual([1, 20]))
  expect(batches[1]!.at - batches[0]!.at).toBeGreaterThanOrEqual(45)
})

test('a full batch does not wait, by number or by bytes', async () => {
  const { batches, offer } = start({ everyMs: 60_000 })
  offer(1)
  batches[0]!.finish()
  await delay(1)
  offer(100)
  expect(batches.map((batch) => batch.size)).toEqual([1, 100])
  batches[1]!.finish()
  await delay(1)
  offer(4, 3_000)
  expect(batches.map((batch) => batch.size)).toEqual([1, 100, 3])
})

test('one message larger than a batch is a batch', async () => {
  const { batches, offer } = start()
  offer(1, 50_000)
  expect(batches.map((batch) => batch.size)).toEqual([1])
})

test('no more batches are under way than allowed', async () => {
  const { batches, offer } = start({ everyMs: 0, atOnce: 2, messages: 5 })
  offer(50)
  expect(batches).toHaveLength(2)
  batches[1]!.finish()
  await vi.waitFor(() => expect(batches).toHaveLength(3))
})

test('with no room messages are refused until some are settled', async () => {
  const { batcher, batches, offer } = start({ messages: 10 }, { messages: 30, bytes: 1_000_000 })
  expect(offer(40)).toBe(30)
  expect(batcher.hasRoom).toBe(false)
  const resume = vi.fn()
  batcher.whenRoom(resume)
  await delay(5)
  expect(resume).not.toHaveBeenCalled()
  batches[0]!.finish()
  await vi.waitFor(() => expect(resume).toHaveBeenCalledOnce())
  expect(batcher.hasRoom).toBe(true)
})

test('those who wait for room have their turn in the order in which they came, also when they ask again', async () => {
  const { batcher, batches, offer } = start({ messages: 10, everyMs: 0 }, { messages: 30, bytes: 1_000_000 })
  offer(30)
  const turns: string[] = []
  /** Wants more than there is: takes all the room it finds, and asks again. */
  const wait = (name: string) =>
    batcher.whenRoom(() => {
      if (offer(20) > 0) turns.push(name)
      wait(name)
    })
  for (const name of ['a', 'b', 'c']) wait(name)
  for (let done = 0; turns.length < 7; done++) {
    await vi.waitFor(() => expect(batches.length).toBeGreaterThan(done))
    batches[done]!.finish()
  }
  expect(turns.join('')).toBe('abcabca')
})

test('drained waits for everything taken, or for its patience', async () => {
  const { batcher, batches, offer } = start()
  await batcher.drained(10_000)
  offer(1)
  const since = performance.now()
  await batcher.drained(30)
  expect(performance.now() - since).toBeGreaterThanOrEqual(25)
  const drained = batcher.drained(10_000)
  batches[0]!.finish()
  await drained
})

test('full batches that are carried quickly are followed by larger ones, slow ones by smaller ones', async () => {
  const limits = { messages: 1_000_000, bytes: 400_000, everyMs: 0, targetMs: 40 }
  let now = 0
  const { batches, offer } = start(limits, { messages: 1_000_000, bytes: 100_000_000 }, () => now)
  offer(1)
  // So much waits that each batch is as large as it may be.
  offer(9_000, 1_000)
  const sizes: number[] = []
  const carry = async (ms: number) => {
    now += ms
    const batch = batches.at(-1)!
    sizes.push(batch.size)
    batch.finish()
    await delay(1)
  }
  await carry(0)
  for (let n = 0; n < 4; n++) await carry(0)
  expect(sizes.slice(1)).toEqual([131, 196, 294, 400])
  for (let n = 0; n < 4; n++) await carry(60)
  expect(sizes.slice(5)).toEqual([400, 300, 225, 168])
  // An outage is no measure of the database's speed.
  await carry(900)
  await carry(0)
  expect(sizes.slice(-2)).toEqual([126, 126])
})
