import { useEffect, useRef } from 'react'
import { RELOAD_AT_MOST_EVERY_MS, shouldReload } from './reload.ts'

const STORAGE_KEY = 'wall-reloaded-at'
const LOOK_EVERY_MS = 5_000

/** Loads the page again when the server runs another version, at a quiet moment and only if the server answers. */
export function useReload(
  version: string | undefined,
  newestEvent: string | undefined,
  linkAlive: boolean,
): void {
  const state = useRef({ loaded: version, current: version, seenAt: Date.now(), linkAlive })
  const eventAt = useRef<number>(undefined)

  useEffect(() => {
    const known = state.current
    known.linkAlive = linkAlive
    if (version === undefined || version === known.current) return
    known.loaded ??= version
    known.current = version
    known.seenAt = Date.now()
  }, [version, linkAlive])

  useEffect(() => {
    if (newestEvent !== undefined) eventAt.current = Date.now()
  }, [newestEvent])

  useEffect(() => {
    const timer = setInterval(() => {
      const now = Date.now()
      const question = { ...state.current, lastEventAt: eventAt.current, lastReloadAt: lastReload(), now }
      if (shouldReload(question)) void reloadIfServed()
    }, LOOK_EVERY_MS)
    return () => clearInterval(timer)
  }, [])
}

/** After a new build the old files may be gone; then only a new document helps, but not more than once in 30 s. */
export function reloadOnMissingFiles(): void {
  window.addEventListener('vite:preloadError', (event) => {
    const last = lastReload()
    if (last !== undefined && Date.now() - last < RELOAD_AT_MOST_EVERY_MS) return
    event.preventDefault()
    void reloadIfServed()
  })
}

/** Never leaves a page that shows something for one that may not come. */
async function reloadIfServed(): Promise<void> {
  try {
    const answer = await fetch(window.location.href, {
      cache: 'no-store',
      signal: AbortSignal.timeout(5_000),
    })
    if (!answer.ok) return
    sessionStorage.setItem(STORAGE_KEY, String(Date.now()))
    window.location.reload()
  } catch {
    // The server is away: what is on the screen stays, and the question is put again later.
  }
}

function lastReload(): number | undefined {
  const stored = Number(sessionStorage.getItem(STORAGE_KEY) ?? Number.NaN)
  return Number.isFinite(stored) ? stored : undefined
}
