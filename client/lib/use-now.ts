import { useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()
let now = Date.now()
let timer: ReturnType<typeof setTimeout> | undefined

/** One ticker for the whole page, on the second, running only while somebody looks. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  if (timer === undefined) schedule()
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearTimeout(timer)
    timer = undefined
  }
}

function schedule(): void {
  timer = setTimeout(
    () => {
      now = Date.now()
      schedule()
      for (const listener of listeners) listener()
    },
    1000 - (Date.now() % 1000),
  )
}

/** This machine's clock in milliseconds, renewed every second. */
export function useNow(): number {
  return useSyncExternalStore(
    subscribe,
    () => now,
    () => now,
  )
}
