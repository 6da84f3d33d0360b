import { setTimeout as delay } from 'node:timers/promises'
import type { Intake, Message } from '../message.ts'

/**
 * Hands messages to the intake one by one, as there is room for them beside the live ones. Resolves when all are
 * settled, or `patienceMs` after the last one was handed in; at once when it is told to stop. What was handed in is
 * carried to its end all the same.
 */
export async function carryThrough(
  intake: Intake,
  messages: readonly Message[],
  { signal, patienceMs }: { signal: AbortSignal; patienceMs: number },
): Promise<void> {
  if (signal.aborted) return
  const stopped = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  const settled: Promise<void>[] = []
  for (const message of messages) {
    const { mine, settling } = watched(message)
    while (!intake.offer(mine)) {
      await Promise.race([stopped, new Promise<void>((resolve) => intake.whenRoom(resolve))])
      if (signal.aborted) return
    }
    settled.push(settling)
  }
  const over = new AbortController()
  const patience = delay(patienceMs, undefined, { signal: over.signal }).catch(() => {})
  await Promise.race([stopped, Promise.all(settled), patience])
  over.abort()
}

/** The same message, and a promise that resolves when it is settled. */
function watched(message: Message): { mine: Message; settling: Promise<void> } {
  let resolve = () => {}
  const settling = new Promise<void>((done) => {
    resolve = done
  })
  const settle: Message['settle'] = (outcome) => {
    message.settle(outcome)
    resolve()
  }
  return { mine: { ...message, settle }, settling }
}
