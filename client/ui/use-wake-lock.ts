import { useEffect } from 'react'

/**
 * Keeps the screen awake. The browser takes the lock away whenever the page is hidden, so it is asked for again
 * when the page is seen. Browsers give it on secure addresses only; where it is refused, the kiosk's own settings
 * have to do it (see the operator's guide), and the page goes on.
 */
export function useWakeLock(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | undefined
    let left = false
    const take = async () => {
      if (left || document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return
      try {
        if (lock !== undefined && !lock.released) return
        lock = await navigator.wakeLock.request('screen')
        if (left) await lock.release()
      } catch {
        lock = undefined
      }
    }
    const onSeen = () => void take()
    document.addEventListener('visibilitychange', onSeen)
    void take()
    return () => {
      left = true
      document.removeEventListener('visibilitychange', onSeen)
      void lock?.release()
    }
  }, [])
}
