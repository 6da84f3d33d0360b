import { useEffect, useRef } from 'react'

const TINT_MS = 300

/** One short tint of an element when its value changes; none at first, and none where less motion is wished for. */
export function useTint<E extends HTMLElement>(value: string) {
  const element = useRef<E>(null)
  const shown = useRef(value)
  useEffect(() => {
    if (shown.current === value) return
    shown.current = value
    if (window.matchMedia('(prefers-reduced-motion: reduce)').matches) return
    const from = getComputedStyle(document.documentElement).getPropertyValue('--tint')
    element.current?.animate([{ backgroundColor: from }, { backgroundColor: 'transparent' }], TINT_MS)
  }, [value])
  return element
}
